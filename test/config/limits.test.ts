import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Budget } from '../../src/files/budget.ts';
import { InputError } from '../../src/files/errors.ts';
import { writeNpz } from '../../src/files/write-npz.ts';
import { cpuTime } from '../cpu-time.ts';
import { errorOf } from './text.ts';

const MiB = 2 ** 20;

/** A config of one layer as a text, with these entries instead or besides. */
const netWith = (entries: Readonly<Record<string, string>>): string => {
  const all = { X: '[[1, 2]]', y: '[0, 1]', W1: '[[1], [2]]', b1: '[0, 0]', ...entries };
  return `{${Object.entries(all)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(', ')}}`;
};

const many = (n: number, entry: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => entry(i)).join(', ');

const deep = (n: number): string => '['.repeat(n) + ']'.repeat(n);

describe('what is very large, deep or long is one clear error, or ten and a count', () => {
  test.each<[string, string, number, string]>([
    [
      'many nulls for numbers',
      netWith({ X: `[[${many(200_000, () => 'null')}]]` }),
      200_000,
      'X[0][0]: expected a finite number, found null',
    ],
    [
      'many texts for labels',
      netWith({ y: `[${many(200_000, () => '"a"')}]` }),
      200_000,
      'y[0]: expected a class label, found "a"',
    ],
    [
      'many numbers for rows',
      netWith({ X: `[[1], ${many(200_000, () => '2')}]` }),
      200_000,
      'X[1]: expected an array, found 2',
    ],
    [
      'many empty rows',
      netWith({ X: `[[1], ${many(200_000, () => '[]')}]` }),
      200_000,
      'X[1]: expected a row of 1, as X[0] has; found 0',
    ],
    [
      'many labels that are none',
      netWith({ X: `{"shape": [1, 200000], "constant": 1}`, y: `[${many(200_000, () => '7')}]` }),
      200_000,
      'y[0]: expected a class label from 0 to 1, found 7',
    ],
    [
      'many activations',
      netWith({ activation: `[${many(200_000, () => '"rel"')}]` }),
      200_000,
      'activation[0]: expected an activation',
    ],
    [
      'many references',
      netWith({ reference: `[${many(200_000, () => 'null')}]` }),
      200_000,
      'reference[0]: expected a path, or a reference, found null',
    ],
    [
      'many keys',
      netWith(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, '1']))),
      100_000,
      'key0: unknown key',
    ],
    [
      'many keys that stand twice',
      netWith({}).replace('}', `, ${many(100_000, () => '"y": 1')}}`),
      100_000,
      'y: duplicate key',
    ],
    [
      'many sizes',
      netWith({ X: `{"shape": [${many(200_000, () => '-1')}], "constant": 1}` }),
      1,
      'X.shape: expected at most 2 elements, found an array of 200000',
    ],
    [
      'a deep array',
      netWith({ X: deep(100_000) }),
      1,
      'X[0][0]: expected a finite number, found an array of 1',
    ],
    [
      'a deep setting',
      netWith({ reg: deep(100_000) }),
      1,
      'reg: expected a finite number, found an array of 1',
    ],
    ['a deep activation', netWith({ activation: deep(100_000) }), 1, 'activation[0]: expected an activation'],
    [
      'a deep object',
      netWith({ W1: `${'{"shape":'.repeat(50_000)}1${'}'.repeat(50_000)}` }),
      1,
      'W1: expected an array of numbers',
    ],
    [
      'a long name',
      netWith({ name: `"${'n'.repeat(200_000)}"` }),
      1,
      'name: expected at most 200 characters, found "nnn',
    ],
    ['a long key', netWith({ ['k'.repeat(200_000)]: '1' }), 1, 'kkk'],
    ['a long layer', netWith({ [`W${'1'.repeat(200_000)}`]: '1' }), 1, 'W111'],
    ['a long choice', netWith({ loss: `"${'hinge'.repeat(40_000)}"` }), 1, 'loss: expected one of'],
    [
      'a long path',
      netWith({ X: `{"file": "${'x'.repeat(200_000)}.npy"}` }),
      1,
      'X.file: only a config that is read from a file',
    ],
    [
      'many quotes in a text',
      netWith({ description: `"${'\\"'.repeat(100_000)}"`, reg: '-1' }),
      1,
      'reg: expected a number of at least 0',
    ],
  ])('%s', (_, text, count, message) => {
    const start = cpuTime();
    const { problems, omitted } = errorOf(text);
    expect(cpuTime() - start).toBeLessThan(5000); // what is quadratic takes minutes
    expect(problems.length + omitted).toBe(count);
    expect(problems.length).toBeLessThanOrEqual(10);
    expect(`${problems[0]!.path}: ${problems[0]!.message}`).toContain(message);
    for (const problem of problems) {
      expect(problem.path.length).toBeLessThanOrEqual(200);
      expect(problem.message.length).toBeLessThanOrEqual(400);
    }
  });

  test('errors stand in the order of the text, however many each key has', () => {
    const text = netWith({ b1: '["a", "b"]', X: `[[${many(2000, () => 'null')}]]`, y: '[0, "c"]' });
    const { problems, omitted } = errorOf(text.replace('{', '{"reg": -1, '));
    expect(problems.slice(0, 2).map((problem) => problem.path)).toEqual(['reg', 'X[0][0]']);
    expect(problems.length + omitted).toBe(2004);
  });

  test('errors of many inputs are ten and a count, each once', () => {
    const error = (i: number) => InputError.ofFile(`${i % 50_000}.json`, 'there is no such file');
    const all = InputError.all(Array.from({ length: 100_000 }, (_, i) => error(i)));
    expect([all.problems.length, all.omitted]).toEqual([10, 49_990]);
  });

  test('tens of thousands of layers are a network', () => {
    const L = 20_000;
    const layers = Array.from(
      { length: L },
      (_, i) => [`W${i + 1}`, i + 1 < L ? [[1]] : [[1], [2]]] as const,
    );
    const biases = Array.from({ length: L }, (_, i) => [`b${i + 1}`, i + 1 < L ? [0] : [0, 0]] as const);
    const config = { X: [[1, 2]], y: [0, 1], ...Object.fromEntries([...layers, ...biases]) };
    expect(parseConfig(JSON.stringify(config)).network.layers).toHaveLength(L);
    // One whose units no other has, so that every shape is compared.
    const { problems } = errorOf(JSON.stringify({ ...config, W7: [[1, 2]] }));
    expect(problems.map((problem) => problem.path)).toEqual(['W7']);
  });
});

describe('what a run holds is limited in all', () => {
  const refusal = (text: string, limit: number): string => {
    const { problems } = errorOf(text, { budget: new Budget(limit) });
    return `${problems[0]!.path}: ${problems[0]!.message}`;
  };

  test('by arrays of a shape', () => {
    const X = '{"shape": [100, 10000], "constant": 1}';
    expect(refusal(netWith({ X }), 4 * MiB)).toBe('X.shape: too large: 7.6 MiB; a run may hold 4 MiB in all');
  });

  test('by several together, none of which is too large', () => {
    const of = (name: string) => `{"shape": [100, 10000], "${name}": {"mean": 0, "std": 1}}`;
    const text = netWith({ X: of('normal'), W1: of('normal') });
    expect(refusal(text, 12 * MiB)).toBe(
      'W1.shape: too large: 7.6 MiB; a run may hold 12 MiB in all, and 7.6 are taken',
    );
  });

  test('by what the layers compute of the samples', () => {
    const text = netWith({
      X: '{"shape": [1, 100000], "constant": 1}',
      y: '{"shape": [100000], "constant": 0}',
      W1: '{"shape": [100, 1], "constant": 1}',
      b1: '{"shape": [100], "constant": 1}',
    });
    expect(refusal(text, 100 * MiB)).toBe(
      ': what the layers compute of 100000 samples is too large: 230 MiB; a run may hold 100 MiB in all, and 1.5 are taken',
    );
  });

  test.each([
    [
      'thirty million samples',
      '{"X": {"shape": [1, 3e7], "constant": 1}, "y": {"shape": [3e7], "constant": 0}, "W1": [[1], [2]], "b1": [0, 0]}',
      'what the layers compute',
    ],
    [
      'more than there are numbers',
      netWith({ X: '{"shape": [1e300, 1e300], "constant": 1}' }),
      'expected a number of at most 9007199254740991',
    ],
    [
      'more than there is memory',
      netWith({ X: '{"shape": [9007199254740991, 9007199254740991], "constant": 1}' }),
      'too large',
    ],
  ])('%s are refused', (_, text, message) => {
    expect(refusal(text, new Budget().limit)).toContain(message);
  });

  test('and that is enough for MNIST with 512 samples, and for Iris with a million', () => {
    const random = (...shape: number[]): object => ({ shape, uniform: { low: -1, high: 1 } });
    const constant = (...shape: number[]): object => ({ shape, constant: 1 });
    const mnist = {
      X: random(784, 512),
      y: constant(512),
      W1: random(1024, 784),
      b1: random(1024),
      W2: random(10, 1024),
      b2: random(10),
    };
    expect(parseConfig(JSON.stringify(mnist)).network.layers).toHaveLength(2);
    const iris = {
      X: constant(4, 1e6),
      y: constant(1e6),
      W1: random(10, 4),
      b1: random(10),
      W2: random(3, 10),
      b2: random(3),
    };
    expect(parseConfig(JSON.stringify(iris)).network.X.cols).toBe(1e6);
  });
});

describe('a run that reads several configs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const load = (file: string, budget: Budget) =>
    loadConfig(path.join(folder, file), () => Readable.from([]), {}, { budget });

  test('holds their arrays, and of their texts only those with a reference', async () => {
    const text = netWith({ description: `"${' '.repeat(MiB)}"` });
    writeFileSync(path.join(folder, 'net.json'), text);
    writeFileSync(
      path.join(folder, 'referring.json'),
      text.replace('{', '{"reference": {"dW1": [[0], [0]]}, '),
    );
    const budget = new Budget(4 * MiB);
    for (let i = 0; i < 10; i++) await load('net.json', budget);
    expect(budget.left).toBeGreaterThan(4 * MiB - 10_000);
    await load('referring.json', budget);
    await expect(load('referring.json', budget)).rejects.toThrow('too large');
    expect(budget.left).toBeLessThan(MiB);
  });

  test('holds nothing of one that is refused', async () => {
    writeFileSync(
      path.join(folder, 'bad.json'),
      netWith({ X: '{"shape": [1, 10000], "constant": 1}', reg: '-1' }),
    );
    const budget = new Budget(MiB);
    for (let i = 0; i < 30; i++) await expect(load('bad.json', budget)).rejects.toThrow('reg: expected');
    expect(budget.left).toBe(MiB);
  });

  test('counts an array file once for itself and once for each array that is read of it', async () => {
    const data = new Float64Array(10_000);
    writeFileSync(
      path.join(folder, 'a.npz'),
      writeNpz([{ name: 'x', shape: [1, 10_000], dtype: 'float64', data }]),
    );
    const spec = '{"file": "a.npz"}';
    writeFileSync(path.join(folder, 'c.json'), netWith({ X: spec, W1: spec, b1: spec }));
    await expect(load('c.json', new Budget(400_000))).rejects.toThrow(/expected/); // the shapes do not fit
    await expect(load('c.json', new Budget(300_000))).rejects.toThrow('too large');
  });

  test.each([
    ['that is damaged', 'a.npz', /^a\.npz: its directory is damaged$/],
    ['with an array that is damaged', 'b.npz', /^b\.npz: it is damaged: its checksum/],
    ['with an array that has a fault at its end', 'c.json', /^c\.json:1:\d+: expected a number$/],
  ])('does not read a file again and again %s', async (_, name, message) => {
    const data = new Float64Array(500_000);
    const whole = writeNpz([{ name: 'x', shape: [1, 500_000], dtype: 'float64', data }]);
    const damage = (at: number) => Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ 1 : byte));
    writeFileSync(path.join(folder, 'a.npz'), damage(whole.length - 70)); // in its directory
    writeFileSync(path.join(folder, 'b.npz'), damage(1000));
    writeFileSync(path.join(folder, 'c.json'), `{"x": [${'0,'.repeat(500_000)}"x"]}`);
    const layers = Array.from({ length: 2000 }, (_, i) => [`W${i + 1}`, `{"file": "${name}", "key": "x"}`]);
    writeFileSync(
      path.join(folder, 'many.json'),
      netWith({ ...Object.fromEntries(layers), biases: '"none"' }),
    );
    const start = cpuTime();
    const error = await load('many.json', new Budget()).catch((thrown: InputError) => thrown);
    expect(cpuTime() - start).toBeLessThan(5000); // each time takes some ms
    const { problems, omitted } = error as InputError;
    expect(problems.length + omitted).toBe(2000);
    expect(problems[0]!.path).toBe('W1.file');
    expect(problems[0]!.message.replace(`${folder}/`, '')).toMatch(message);
  });
});
