import { distance } from 'fastest-levenshtein';
import { describe } from '../files/describe.ts';
import type { Find } from '../files/errors.ts';
import { CONFIG_KEYS, isArrayKey } from './schema.ts';

/** What people who come from elsewhere call the same thing. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['lambda', 'reg'],
  ['weight_decay', 'reg'],
  ['regularization', 'reg'],
  ['l2', 'reg'],
  ['l2_penalty', 'reg'],
  ['l2_reg', 'reg'],
  ['alpha', 'reg'],
  ['labels', 'y'],
  ['targets', 'y'],
  ['target', 'y'],
  ['inputs', 'X'],
  ['data', 'X'],
  ['activations', 'activation'],
  ['hidden_activation', 'activation'],
  ['nonlinearity', 'activation'],
  ['final_activation', 'output'],
  ['output_activation', 'output'],
  ['last_activation', 'output'],
  ['loss_function', 'loss'],
  ['loss_fn', 'loss'],
  ['criterion', 'loss'],
  ['objective', 'loss'],
  ['cost', 'loss'],
  ['size_average', 'reduction'],
  ['regularizer', 'penalty'],
  ['bias', 'biases'],
  ['use_bias', 'biases'],
  ['fit_intercept', 'biases'],
  ['references', 'reference'],
]);

/** Only of so many unknown keys is it looked up what they were meant to be: more are not shown. */
const MOST_HINTS = 10;

/** Finds a config that is no object, keys that it does not know, and required ones that are missing. */
export function checkKeys(config: unknown, find: Find): void {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    find([], `expected a config, a JSON object; found ${describe(config)}`);
    return;
  }
  const keys = Object.keys(config);
  const unknown = keys.filter((key) => !CONFIG_KEYS.includes(key) && !isArrayKey(key));
  const meant = unknown.slice(0, MOST_HINTS).map((key) => suggestion(key, config));
  for (const [i, key] of unknown.entries()) {
    const hint = meant[i] === undefined ? `the keys are ${ALL_KEYS}` : `did you mean ${meant[i]}?`;
    find([key], `unknown key; ${hint}`, true);
  }
  for (const key of ['X', 'y'])
    if (!Object.hasOwn(config, key) && !meant.includes(key)) find([], `${key} is missing`);
  if (!keys.some(isOfLayer) && !meant.some((key) => key !== undefined && isOfLayer(key)))
    find([], 'expected the weights and biases W1, b1, …; there are none');
}

const ALL_KEYS = [...CONFIG_KEYS.filter((key) => key !== '$schema'), 'W1', 'b1', '…'].join(', ');

const isOfLayer = (key: string): boolean => isArrayKey(key) && /^[Wb]/.test(key);

/** The known key that an unknown one was probably meant to be. */
function suggestion(key: string, config: object): string | undefined {
  const meant = suggestedBy(key);
  // An L2 penalty is λ, where it is a number; where it is a text, it is what λ multiplies.
  const isText = typeof (config as Record<string, unknown>)[key] === 'string';
  return meant === 'reg' && isText ? 'penalty' : meant;
}

function suggestedBy(key: string): string | undefined {
  const weight = /^(w|b|weights?|bias|theta)_?([1-9]\d{0,5})$/i.exec(key);
  if (weight) return `${/^b/i.test(key) ? 'b' : 'W'}${weight[2]}`;
  const lower = key.toLowerCase();
  const known = CONFIG_KEYS.find((name) => name.toLowerCase() === lower) ?? SYNONYMS.get(lower);
  if (known !== undefined) return known;
  const words = [...CONFIG_KEYS, ...SYNONYMS.keys()].filter((word) => word.length > 2);
  const near = nearest(lower, words);
  return near && (SYNONYMS.get(near) ?? near);
}

/** Longer than any word that a person could have meant. */
const LONGEST = 40;

/** The word that another one was probably meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const slips = withoutOneSwap(word);
  const farOf = (one: string): number =>
    Math.min(distance(one, word), ...slips.map((slip) => distance(one, slip) + 1));
  const [near] = known.map((one) => ({ one, far: farOf(one) })).sort((a, b) => a.far - b.far);
  return near && near.far <= near.one.length / 3 ? near.one : undefined;
}

/** The words that it may have been before two neighbours changed places, which is one slip: `rleu`. */
const withoutOneSwap = (word: string): string[] =>
  Array.from(
    { length: Math.max(0, word.length - 1) },
    (_, i) => word.slice(0, i) + word.charAt(i + 1) + word.charAt(i) + word.slice(i + 2),
  );
