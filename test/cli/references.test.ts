import { describe, expect, test } from 'vitest';
import { FIXTURES, fixture, folderWith, type Json, run, runJson, TINY } from './fcnet.ts';

const config = 'fixtures/two-layer.json';
const agreed = fixture('two-layer.pytorch.json');

/** Changes the value at a path such as `gradients.dW1.0.2`; one that becomes undefined is gone. */
const changed = (reference: Json, place: string, change: (value: Json) => unknown): Json => {
  const copy = structuredClone(reference);
  const keys = place.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce((value, key) => value[key], copy);
  parent[last] = change(parent[last]);
  return copy;
};

/** A file with PyTorch's answer to two-layer.json, changed at one place; a "bare" word loses its quotes. */
const planted = (place: string, change: (value: Json) => unknown): string => {
  const text = JSON.stringify(changed(agreed, place, change)).replace(/"bare (\S+?)"/g, '$1');
  return `${folderWith({ 'wrong.json': text })}/wrong.json`;
};

const negated = (rows: number[][]): number[][] => rows.map((row) => row.map((value) => -value));
const transposed = (rows: number[][]): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] as number));
const times =
  (factor: number) =>
  (value: number): number =>
    value * factor;
const becomes = (value: unknown) => (): unknown => value;

/** What is wrong, where, and what the report says of it. */
const mistakes: [string, string, (value: Json) => unknown, RegExp][] = [
  ['another sign', 'gradients.dW1', negated, /is wrong in dW1$.*^ {2}dW1\[.*12 of 12 wrong$/ms],
  [
    'one entry off in its 7th digit',
    'gradients.dW2.2.1',
    times(1 + 1e-6),
    /is wrong in dW2$.*^ {2}dW2\[2, 1\] .* 1 of 20 wrong$/ms,
  ],
  ['one entry 0', 'gradients.db1.3', becomes(0), /is wrong in db1$.*^ {2}db1\[3\] .* 100% +1 of 4 wrong$/ms],
  ['a tensor missing', 'gradients.db1', becomes(undefined), /cannot be judged in db1\n +db1: missing/],
  ['one too many', 'gradients.dW3', becomes([[1]]), / dW3: unknown: .* only dW1, db1,\s+dW2, db2/],
  ['a matrix transposed', 'gradients.dW1', transposed, / dW1: wrong shape: expected 4 × 3, found 3 × 4/],
  ['a bias too short', 'gradients.db2', becomes([0, 0]), / db2: wrong shape: expected 5, found 2/],
  ['a bare NaN', 'gradients.dW1.0.0', becomes('bare NaN'), /^ {2}dW1\[0, 0\] .* NaN +NaN +1 of 12 wrong$/m],
  ['NaN as a text', 'gradients.dW1.1.2', becomes('NaN'), /^ {2}dW1\[1, 2\] .* NaN +NaN +1 of 12 wrong$/m],
  [
    'a bare -Infinity',
    'gradients.db2.4',
    becomes('bare -Infinity'),
    /^ {2}db2\[4\] .* -Infinity +-Infinity +1 of 5 wrong$/m,
  ],
  [
    'Infinity as a text',
    'gradients.db2.0',
    becomes('Infinity'),
    /^ {2}db2\[0\] .* Infinity +Infinity +1 of 5 wrong$/m,
  ],
  ['another loss, a number', 'loss', becomes(3), /is wrong in loss$.*^ {2}loss +[\d.]+ +3\.0+ /ms],
  [
    'another data loss',
    'loss.data',
    times(7),
    /is wrong in data loss$.*^ {2}data loss +[\d.]+ +[\d.]+ +600%$/ms,
  ],
  [
    'a penalty without its ½',
    'loss.regularization',
    times(2),
    /is wrong in penalty$.*^ {2}penalty +[\d.]+ +[\d.]+ +100%$/ms,
  ],
  ['a loss that is Infinity', 'loss.total', becomes('bare Infinity'), /^ {2}loss +[\d.]+ +Infinity /m],
  ['a loss that is NaN', 'loss', becomes('bare NaN'), /^ {2}loss +[\d.]+ +NaN /m],
  [
    'one logit off',
    'logits.4.6',
    times(1.001),
    /is wrong in logits$.*^ {2}logits\[4, 6\] .* 1 of 35 wrong$/ms,
  ],
];

describe.concurrent('a reference is refused that has', () => {
  test.each(mistakes)('%s', async (_, place, change, said) => {
    const args = ['compare', config, '--reference', planted(place, change)];
    const [table, { code, stderr, json }] = await Promise.all([run(args), runJson(args)]);
    expect(table).toMatchObject({ code: 1, stderr: '' });
    expect(table.stdout).toMatch(said);
    expect(table.stdout).toMatch(/ agree\s+with\s+fcnet\s+in all 41\s+entries$/m);

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(json.passed).toBe(false);
    expect(json.references.map(({ passed }: Json) => passed)).toEqual([true, false]); // PyTorch's own still passes
  });
});

test('logits that are probabilities get a hint', async () => {
  const { json } = await runJson(['forward', config]);
  const file = planted('logits', becomes(json.probabilities));
  const { code, stdout } = await run(['compare', config, '--reference', file]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/hint: its logits are probabilities/);
});

test('logits that are merely wrong get no hint', async () => {
  const { stdout } = await run(['compare', config, '--reference', planted('logits.0.0', times(2))]);
  expect(stdout).not.toContain('hint');
});

describe.concurrent('a reference that cannot be used is an error with its place', () => {
  test.each([
    ['an array', '[1, 2]', ':1:1: expected a reference, a JSON object with dW1, db1, …'],
    ['nothing in it', '{}', ':1:1: expected gradients dW1, db1, …'],
    ['a text that ends too early', '{"dW1": [1,', 'not JSON: unexpected end of the text'],
    ['a word for a number', '{"dW1": [[1], ["x"]]}', ':1:16: dW1[1][0]: expected a number, found "x"'],
    [
      'a word behind a NaN',
      '{"dW1": [[NaN, 1], [2, 3]], "db1": [NaN, "x", 2]}',
      ':1:42: db1[1]: expected a number, found "x"',
    ],
    [
      'null for a number',
      '{"gradients": {"dW1": [[null], [1]]}}',
      ':1:25: gradients.dW1[0][0]: expected a number, found null',
    ],
    ['ragged rows', '{"dW1": [[1, 2], [1]]}', ':1:18: dW1[1]: expected an array of 2, like its siblings'],
    ['gradients in a list', '{"gradients": [1]}', ':1:15: gradients: expected an object with dW1, db1, …'],
    [
      'an unknown precision',
      '{"dtype": "float8", "dW1": [1]}',
      ':1:11: dtype: expected one of float64, float32, float16, bfloat16; found "float8"',
    ],
    [
      'a loss that is a word',
      '{"loss": "small", "dW1": [1]}',
      ':1:10: loss: expected a number, found "small"',
    ],
    [
      'a part of the loss that is a list',
      '{"loss": {"data": [1]}, "dW1": [1]}',
      ':1:19: loss.data: expected a number',
    ],
  ])('%s', async (_, text, message) => {
    const cwd = folderWith({ 'net.json': TINY, 'theirs.json': text });
    const { code, stdout, stderr } = await run(['compare', 'net.json', '--reference', 'theirs.json'], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: theirs.json:');
    expect(stderr).toContain(message);
  });
});

describe.concurrent('references come from', () => {
  const names = async (reference: unknown, ...more: string[]): Promise<string[]> => {
    const files = {
      'net.json': { ...fixture('two-layer.json'), reference },
      'a.json': agreed,
      'b.json': agreed,
    };
    const { json } = await runJson(['compare', 'net.json', ...more], { cwd: folderWith(files) });
    expect(json.passed).toBe(true);
    return json.references.map(({ name }: Json) => name);
  };

  test.each<[string, unknown, string[], string[]]>([
    ['a path in the config', 'a.json', [], ['a.json']],
    ['a list of paths', ['a.json', 'b.json'], [], ['a.json', 'b.json']],
    ['the config itself', agreed, [], ['inline reference']],
    ['a list of both', ['b.json', agreed], [], ['b.json', 'inline reference']],
    ['--reference, besides the config', 'a.json', ['--reference', 'b.json'], ['a.json', 'b.json']],
    [
      '--reference, more than once',
      undefined,
      ['--reference', 'a.json', '--reference', 'b.json'],
      ['a.json', 'b.json'],
    ],
    ['nowhere', undefined, [], []],
  ])('%s', async (_, reference, more, expected) => {
    expect(await names(reference, ...more)).toEqual(expected);
  });

  test('a path beside the config, wherever the command runs', async () => {
    const folder = folderWith({
      'net.json': { ...fixture('two-layer.json'), reference: 'a.json' },
      'a.json': agreed,
    });
    expect(await run(['compare', `${folder}/net.json`, '-q'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('a path in the working folder, for a config on standard input', async () => {
    const cwd = folderWith({ 'a.json': agreed });
    const stdin = JSON.stringify({ ...fixture('two-layer.json'), reference: 'a.json' });
    expect(await run(['compare', '-', '-q'], { cwd, stdin })).toMatchObject({ code: 0, stderr: '' });
  });

  test('the top level of a file as well as under gradients', async () => {
    const cwd = folderWith({ 'top.json': { note: 'by hand', seed: 3, ...agreed.gradients } });
    const args = ['compare', '-', '--reference', 'top.json', '-q'];
    const stdin = JSON.stringify({ ...fixture('two-layer.json'), reference: agreed.gradients });
    expect(await run(args, { cwd, stdin })).toMatchObject({ code: 0, stderr: '' });
  });
});

test.concurrent.each(FIXTURES)(
  'what backprop --json prints of %s is a reference that agrees',
  async (name) => {
    const cwd = folderWith();
    expect(
      await run(['backprop', `fixtures/${name}.json`, '--json', '-o', `${cwd}/ours.json`]),
    ).toMatchObject({
      code: 0,
    });
    const { code, json } = await runJson([
      'compare',
      `fixtures/${name}.json`,
      '--reference',
      `${cwd}/ours.json`,
    ]);
    expect(code).toBe(0);
    const ours = json.references[1];
    expect(ours).toMatchObject({ passed: true, dtype: 'float64', loss: { passed: true } });
    for (const tensor of [...Object.values<Json>(ours.tensors), ours.logits])
      expect(tensor).toMatchObject({ mismatched: 0, maxAbsError: { value: 0 } });
  },
);

test('indices and shapes lie as the config does', async () => {
  const reference = fixture('deep.pytorch.json'); // weights in × out, a sample a row
  reference.gradients.dW1[4][6] += 1;
  reference.gradients.dW3[5][0] += 1;
  reference.logits[7][0] += 1;
  const cwd = folderWith({ 'wrong.json': reference });
  const args = ['compare', 'fixtures/deep.json', '--reference', `${cwd}/wrong.json`];
  const { json } = await runJson(args);
  const { tensors, logits } = json.references[1];
  expect(json.tensors.dW1.shape).toEqual([5, 7]);
  expect(tensors.dW1).toMatchObject({
    mismatched: 1,
    maxAbsError: { index: [4, 6] },
    maxRelError: { index: [4, 6] },
  });
  expect(tensors.dW3).toMatchObject({ mismatched: 1, maxAbsError: { index: [5, 0] } });
  expect(logits).toMatchObject({ mismatched: 1, maxAbsError: { index: [7, 0] } });
  const { stdout } = await run(args);
  for (const place of ['dW1[4, 6]', 'dW3[5, 0]', 'logits[7, 0]']) expect(stdout).toContain(place);
});
