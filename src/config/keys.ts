import { distance } from 'fastest-levenshtein';
import type { Finding } from './errors.ts';
import { CONFIG_KEYS } from './schema.ts';

/** What people who come from elsewhere call the same thing. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['lambda', 'reg'],
  ['weight_decay', 'reg'],
  ['regularization', 'reg'],
  ['l2', 'reg'],
  ['labels', 'y'],
  ['targets', 'y'],
  ['target', 'y'],
  ['inputs', 'X'],
  ['data', 'X'],
  ['activations', 'activation'],
  ['references', 'reference'],
]);

/** Finds a config that is no object, keys that it does not know, and required ones that are missing. */
export function checkKeys(config: unknown): Finding[] {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return [
      {
        path: [],
        message: `expected a config, a JSON object; found ${Array.isArray(config) ? 'an array' : String(config)}`,
      },
    ];
  }
  const keys = Object.keys(config);
  const unknown = keys.filter((key) => !CONFIG_KEYS.includes(key) && !/^[Wb][1-9]\d*$/.test(key));
  const missing = ['X', 'y'].filter(
    (key) => !keys.includes(key) && !unknown.some((name) => suggestion(name) === key),
  );
  return [
    ...unknown.map((key) => {
      const near = suggestion(key);
      const hint =
        near === undefined
          ? `the keys are ${[...CONFIG_KEYS.filter((k) => k !== '$schema'), 'W1', 'b1', '…'].join(', ')}`
          : `did you mean ${near}?`;
      return { path: [key], message: `unknown key; ${hint}`, atKey: true };
    }),
    ...missing.map((key) => ({ path: [], message: `${key} is missing` })),
    ...(keys.some((key) => /^[Wb]/i.test(key))
      ? []
      : [{ path: [], message: 'expected the weights and biases W1, b1, …; there are none' }]),
  ];
}

/** The known key that an unknown one was probably meant to be. */
function suggestion(key: string): string | undefined {
  const weight = /^(w|b|weights?|bias|W|B)_?([1-9]\d*)$/i.exec(key);
  if (weight) return `${weight[1]?.toLowerCase().startsWith('w') ? 'W' : 'b'}${weight[2]}`;
  const lower = key.toLowerCase();
  const known = CONFIG_KEYS.find((name) => name.toLowerCase() === lower) ?? SYNONYMS.get(lower);
  if (known !== undefined) return known;
  const words = [...CONFIG_KEYS, ...SYNONYMS.keys()].filter((word) => word.length > 2);
  const near = nearest(lower, words);
  return near && (SYNONYMS.get(near) ?? near);
}

/** The word that another one was probably meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [near] = known.map((one) => ({ one, far: distance(one, word) })).sort((a, b) => a.far - b.far);
  return near && near.far <= near.one.length / 3 ? near.one : undefined;
}
