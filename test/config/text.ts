import { expect } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { InputError } from '../../src/files/errors.ts';

/** The textbook example, an entry a line, so that line 2 is X, 3 is y, 4 and 5 are W1 and b1, 6 and 7 W2 and b2. */
export const TEXTBOOK = `{
  "X": [[0, 1], [2, 3], [4, 5]],
  "y": [3, 4],
  "W1": [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]],
  "b1": [1, 1, 1, 1],
  "W2": [[2, 2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2]],
  "b2": [2, 2, 2, 2, 2],
  "reg": 0.5
}
`;

/** The textbook example with other entries on the lines of these keys; keys that it does not have come last. */
export function textbookWith(entries: Readonly<Record<string, string | null>>): string {
  let text = TEXTBOOK;
  for (const [key, value] of Object.entries(entries)) {
    const line = new RegExp(`^  "${key}": (.*?)(,?)\\n`, 'm');
    const entry = value === null ? '' : `  "${key}": ${value}`;
    text = line.test(text)
      ? text.replace(line, (_, _value, comma) => (value === null ? '' : `${entry}${comma}\n`))
      : text.replace('\n}', `,\n${entry}\n}`);
  }
  return text;
}

/** The error that a config meets; a test fails where there is none, or one that is no InputError. */
export function errorOf(config: string | object, options?: Parameters<typeof parseConfig>[1]): InputError {
  try {
    parseConfig(config, options);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('expected an error, the config was read');
}

/** Expects that a config meets one error, at line:column and path, that says this. */
export function expectOneError(text: string, place: string, message: string): void {
  const { problems, omitted } = errorOf(text, { file: 'net.json' });
  const found = problems.map(({ file, line, column, path }) => `${file} ${line}:${column} ${path}`.trimEnd());
  expect(found).toEqual([`net.json ${place}`]);
  expect(problems[0]!.message).toContain(message);
  expect(omitted).toBe(0);
}

/** An entry of the textbook example, its new value, and the one error that this makes. */
export type Case = [key: string, value: string | null, place: string, message: string];

export const expectError = (...[key, value, place, message]: Case): void =>
  expectOneError(textbookWith({ [key]: value }), place, message);
