import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { Budget } from '../../src/files/budget.ts';
import { InputError } from '../../src/files/errors.ts';
import { parseJson } from '../../src/files/json.ts';
import { parseNpyHeader } from '../../src/files/npy-header.ts';
import { openNpz } from '../../src/files/npz.ts';
import { Reading } from '../../src/files/reading.ts';
import { writeNpz } from '../../src/files/write-npz.ts';
import { cpuTime } from '../cpu-time.ts';

const many = (n: number, part: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => part(i)).join(',');

const net = (entries: string): string => `{"X":[[1,2]],"y":[0,1],"W1":[[1],[2]],"b1":[0,0],${entries}}`;

const npz = (n: number): Uint8Array =>
  writeNpz(
    Array.from({ length: n }, (_, i) => ({
      name: `W${i + 1}`,
      shape: [1, 1],
      dtype: 'float64',
      data: new Float64Array(1),
    })),
  );

/** What takes a while for its size, by what it is made of. */
const CASES: [string, size: number, (n: number) => () => unknown][] = [
  ['escaped quotes in a text', 100_000, (n) => config(net(`"description":"${'\\"'.repeat(n)}"`))],
  ['a text that does not end', 100_000, (n) => json(`{"a":"${'\\"'.repeat(n)}`)],
  ['quotes in an array file with NaN', 100_000, (n) => json(`{"a":"${'\\"'.repeat(n)}","b":[NaN]}`)],
  ['many NaN', 10_000, (n) => json(`[${many(n, () => 'NaN')}]`)],
  ['many keys', 5000, (n) => json(`{${many(n, (i) => `"k${i}":${i}`)}}`)],
  ['many unknown keys', 5000, (n) => config(net(many(n, (i) => `"k${i}":${i}`)))],
  ['many keys that stand twice', 10_000, (n) => json(`{${many(n, () => '"a":0')}}`)],
  ['very many arrays in one another', 50_000, (n) => json('['.repeat(n) + ']'.repeat(n))],
  ['many lines before an error', 100_000, (n) => json(`[${'\n'.repeat(n)}x]`)],
  [
    'texts for numbers',
    10_000,
    (n) => config(net(`"X":[[${many(n, () => '"1"')}]]`).replace('"X":[[1,2]],', '')),
  ],
  [
    'layers',
    500,
    (n) => config(`{"X":[[1,2]],"y":[0,1],${many(n, (i) => `"W${i + 1}":[[1,2]],"b${i + 1}":[1]`)}}`),
  ],
  ['members of an archive', 1000, (n) => archive(npz(n))],
  [
    'brackets of a header',
    1000,
    (n) => () =>
      parseNpyHeader(`{'descr': [${"('a', '<f8'), ".repeat(n)}], 'fortran_order': False, 'shape': ()}`),
  ],
  [
    'errors',
    4000,
    (n) => () => InputError.all(Array.from({ length: n }, (_, i) => InputError.ofFile(`${i}`, 'x'))),
  ],
];

function json(text: string): () => unknown {
  return () => parseJson('x.json', text, { nonFinite: true });
}

function config(text: string): () => unknown {
  return () => parseConfig(text);
}

function archive(bytes: Uint8Array): () => unknown {
  return () => {
    const file = openNpz(bytes, new Reading('x.npz', new Budget()));
    return file.names.map((name) => file.read(name));
  };
}

/** How much processor time it takes, whether it succeeds or not, in milliseconds. */
function timeOf(work: () => unknown): number {
  const start = cpuTime();
  try {
    work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return cpuTime() - start;
}

/** How often it is looked at before it is said to take too long. */
const LOOKS = 9;

// Eight times the size takes eight times as long, or 64 times where every part is held against every other. Whatever else
// a machine does only adds to that, so that the least of several looks at either counts.
test.each(CASES)('the time grows as the input does: %s', (_, size, make) => {
  const works = [make(size), make(8 * size)] as const;
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let look = 1; look <= LOOKS && !(large / Math.max(small, 1) < 30); look++)
    [small, large] = [Math.min(small, timeOf(works[0])), Math.min(large, timeOf(works[1]))];
  expect(large / Math.max(small, 1)).toBeLessThan(30);
});
