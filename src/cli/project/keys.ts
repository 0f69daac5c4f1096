import * as z from 'zod/mini';
import { choiceHint } from '../../config/choices.ts';
import { explain } from '../../config/explain.ts';
import { nearest } from '../../config/keys.ts';
import { checkSetting } from '../../config/settings.ts';
import { describe } from '../../files/describe.ts';
import type { Find, Path } from '../../files/errors.ts';
import { mistakeIds } from '../../mistakes/catalogue.ts';
import { GIVE_WORDS, giveWordsOf } from '../../reference/give.ts';
import { PRECISIONS } from '../../reference/precision.ts';
import { destinationOf } from '../destinations.ts';
import { FORMAT_NAMES } from '../formats.ts';
import { OVERRIDES } from '../options.ts';

// What a project file may say: options by their long names, as commands take them.

const text = z.string().check(z.minLength(1));
const texts = z.union([text, z.array(text)]);
const named = z.union([text, z.array(text), z.record(z.string(), text)]);
const flag = z.boolean();
const nonNegative = z.number().check(z.nonnegative());
const positive = z.number().check(z.positive());
const count = z.int().check(z.positive());
const natural = z.int().check(z.nonnegative());

/** What --allow takes besides the ids of mistakes. */
const allowed = z.enum([...mistakeIds, 'inconclusive']);

const gradient = z
  .string()
  .check(z.refine((name) => /^d[Wb][1-9]\d*$/.test(name), 'the name of a gradient, such as dW1'));
const format = z.string().check(
  z.refine(
    (word) => {
      const destination = destinationOf(word);
      return destination !== undefined && destination.file !== '';
    },
    `one of ${FORMAT_NAMES.join(', ')}, or one with its file, such as junit=report.xml`,
  ),
);

const give = texts.check(
  z.refine(
    (words) => giveWordsOf(words) !== undefined,
    `how commands get arrays, such as "rows,in-out", of ${GIVE_WORDS.join(', ')}, no two of one kind`,
  ),
);

const shape = z.strictObject({
  $schema: z.optional(z.string()),
  description: z.optional(z.string()),
  nets: texts,
  against: z.optional(named),
  references: z.optional(named),
  noReference: z.optional(flag),
  rename: z.optional(z.record(z.string(), gradient)),
  dtype: z.optional(z.enum(PRECISIONS)),
  give: z.optional(give),
  timeout: z.optional(positive),
  strict: z.optional(flag),
  allow: z.optional(z.union([allowed, z.array(allowed)])),
  step: z.optional(positive),
  rtol: z.optional(nonNegative),
  atol: z.optional(nonNegative),
  naive: z.optional(flag),
  only: z.optional(texts),
  sample: z.optional(count),
  seed: z.optional(natural),
  worst: z.optional(natural),
  jobs: z.optional(count),
  format: z.optional(z.union([format, z.array(format)])),
  digits: z.optional(z.int().check(z.gte(1), z.lte(17))),
  full: z.optional(flag),
  quiet: z.optional(flag),
  color: z.optional(flag),
});

/** What a key takes, where it takes more than one kind of value. */
const KINDS: Readonly<Record<string, string>> = {
  nets: 'a path or a pattern, or a list of them',
  against: 'a command, a list of them, or an object of commands by name',
  references: 'a path, a list of them, or an object of paths by name',
  allow: 'the id of a mistake, or a list of them',
  only: 'the name of a tensor, or a list of them',
  format: 'a format, or a list of them',
};

export const PROJECT_KEYS: readonly string[] = [...Object.keys(shape.shape), ...OVERRIDES];

/** What one object of a project file says, apart from what it overrides in the nets. */
export type Entry = Defined<z.infer<typeof shape>>;

/** What is optional is left out, not undefined. */
type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Finds what is wrong with an object of a project file. */
export function checkEntry(value: unknown, at: Path, find: Find): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    find(at, `expected an object such as {"nets": ["nets/*.json"]}, found ${describe(value)}`);
    return;
  }
  const meant = Object.keys(value).map((key) =>
    checkKey(key, (value as Record<string, unknown>)[key], at, find),
  );
  if (!Object.hasOwn(value, 'nets') && !meant.includes('nets'))
    find(at, 'nets is missing: expected the paths of configs, or patterns such as "nets/*.json"');
}

const schemas: Readonly<Record<string, z.ZodMiniType>> = shape.shape;

/** @returns the key that an unknown one was probably meant to be */
function checkKey(key: string, value: unknown, at: Path, find: Find): string | undefined {
  if (OVERRIDES.some((name) => name === key)) {
    checkSetting(key, value, (path, message, atKey) => find([...at, ...path], message, atKey));
    return undefined;
  }
  if (!Object.hasOwn(schemas, key)) {
    const meant = keyMeant(key);
    const hint = meant === undefined ? `the keys are ${PROJECT_KEYS.join(', ')}` : `did you mean ${meant}?`;
    find([...at, key], `unknown key; ${hint}`, true);
    return meant;
  }
  for (const issue of schemas[key]?.safeParse(value).error?.issues ?? [])
    if (key === 'allow' && issue.code !== 'invalid_type') explainWords(value, [...at, key], find, MISTAKES);
    else if (key === 'format') explainWords(value, [...at, key], find, FORMAT_WORDS);
    else explain(issue, value, [...at, key], find, KINDS[key]);
  return undefined;
}

/** Words, one or a list, of which too many are known to name them as choices, or that may have more to them. */
interface Words {
  readonly schema: z.ZodMiniType;
  readonly expected: string;
  readonly known: readonly string[];
}

const MISTAKES: Words = {
  schema: allowed,
  expected: 'the id of a mistake, as fcnet explain lists them, or inconclusive',
  known: allowed.options,
};
const FORMAT_WORDS: Words = {
  schema: format,
  expected: `one of ${FORMAT_NAMES.join(', ')}, or one with its file, such as junit=report.xml`,
  known: FORMAT_NAMES,
};

function explainWords(value: unknown, at: Path, find: Find, { schema, expected, known }: Words): void {
  const list = Array.isArray(value) ? value : [value];
  for (const [i, word] of list.entries()) {
    if (schema.safeParse(word).success) continue;
    const meant = typeof word === 'string' ? choiceHint(word.replace(/=.*/s, ''), known) : '';
    find(Array.isArray(value) ? [...at, i] : at, `expected ${expected}; found ${describe(word)}${meant}`);
  }
}

/** What people call the same thing: the options of commands, which are given once for each value. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['config', 'nets'],
  ['configs', 'nets'],
  ['net', 'nets'],
  ['files', 'nets'],
  ['reference', 'references'],
  ['golden', 'references'],
  ['command', 'against'],
  ['commands', 'against'],
  ['formats', 'format'],
]);

function keyMeant(key: string): string | undefined {
  const camel = key.replace(/^-+/, '').replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase());
  const lower = camel.toLowerCase();
  const same = PROJECT_KEYS.find((name) => name.toLowerCase() === lower) ?? SYNONYMS.get(lower);
  if (same !== undefined) return same;
  const near = nearest(camel, [...PROJECT_KEYS, ...SYNONYMS.keys()]);
  return near && (SYNONYMS.get(near) ?? near);
}
