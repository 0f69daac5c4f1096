import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { FIXTURES, fixture, folderWith, type Json, type RunOptions, root, run, TINY } from '../cli/fcnet.ts';

/** The schema as the package ships it. */
const schema: Json = JSON.parse(readFileSync(path.join(root, 'dist/result.schema.json'), 'utf8'));
const validate = new Ajv2020({ strictRequired: false, strictTypes: false }).compile(schema);

/** What the schema has against a value; nothing where it fits. */
const complaints = (value: Json): unknown => (validate(value) ? [] : validate.errors);

/** Runs the built command with --json and reads what it prints: results, or errors where it could not run. */
async function printed(args: readonly string[], options: RunOptions = {}): Promise<Json> {
  const { stdout, stderr } = await run([...args, '--json'], options);
  return JSON.parse(stdout === '' ? stderr : stdout);
}

const textbook = 'fixtures/textbook.json';
const twoLayer = 'fixtures/two-layer.json';
const theirs = fixture('two-layer.pytorch.json');

/** A reference that is wrong in every way that a reference can be. */
const wrong = {
  loss: { data: 1, total: 'NaN' },
  logits: [[1]],
  dW1: theirs.gradients.dW1.map((row: number[]) => row.map((value) => -value)),
  dW2: theirs.gradients.dW2.map((row: number[]) => row.map(() => 'Infinity')),
  db2: [1, 2],
  dV: [[[1]]],
};

/** A ReLU right on its kink. */
const kink = {
  X: [[1]],
  y: [0],
  W1: [[0]],
  b1: [0],
  W2: [[1], [2]],
  b2: [0, 0],
  activation: 'relu',
};

const MODULE = `
  export const x = [[0, 1], [2, 3]];
  export const f = { abs: (x) => Math.abs(x[0][0]) + x[1][1] ** 2, nan: (x) => x[0][1], shape: (x) => x[0][1], none: (x) => x[1][0] };
  export const gradient = { abs: () => [[0, 0], [0, 6]], nan: () => [[NaN, 0], [1, 0]], shape: () => [1] };`;

const files = {
  'tiny.json': TINY,
  'huge.json': { ...TINY, X: [[1e200, 2]], W1: [[1e200], [2]] },
  'kink.json': kink,
  'two.json': { ...fixture('two-layer.json'), reference: [theirs, wrong] },
  'wrong.json': wrong,
  'theirs.json': theirs,
  'rows.json': { ...TINY, X: [[1], [2]], W1: [[1, 2]], samples: 'rows', weights: 'in-out' },
  'bad.json': { ...TINY, W1: [['x'], [2]], b1: [0, 0, 0] },
  'many.json': { ...TINY, X: [Array(20).fill('x')] },
  'broken.json': '{"X": [1,',
  'module.mjs': MODULE,
  'one.mjs': 'export const x = [1, 2]; export const f = ([a, b]) => a * b;',
  'throws.mjs': 'export const x = [1]; export const f = () => { throw new Error("no") };',
};

describe.concurrent('the schema holds for', () => {
  test.each(['forward', 'loss', 'backprop', 'gradcheck', 'compare', 'audit'])(
    '%s of every network',
    async (command) => {
      for (const name of FIXTURES) {
        const json = await printed([command, `fixtures/${name}.json`]);
        expect(json.command).toBe(command);
        expect(complaints(json)).toEqual([]);
      }
    },
  );

  test.each<[string, string]>([
    ['the built-in example', 'compare'],
    ['a sample', `gradcheck ${twoLayer} --sample 2 --seed 3`],
    ['some tensors', `gradcheck ${twoLayer} --only db2,dW1`],
    ['a sample of one tensor', `compare ${twoLayer} --only dW2 --sample 1`],
    ['two full losses', `gradcheck ${textbook} --naive`],
    ['another step', `compare ${textbook} --step 0.01`],
    ['other tolerances', `compare ${textbook} --rtol 0.1 --atol 1 --strict --allow data-zero`],
    ['no penalty', `audit ${twoLayer} --reg 0`],
    ['samples in rows, weights in × out', 'backprop rows.json'],
    ['no hidden layer', 'compare tiny.json'],
    ['a kink', 'gradcheck kink.json'],
    ['a kink in an audit', 'audit kink.json'],
    ['a loss that is Infinity', 'gradcheck huge.json'],
    ['logits that are Infinity', 'backprop huge.json'],
    ['references that agree and that are wrong', 'compare two.json'],
    ['a reference with every tensor wrong', `compare ${twoLayer} --reference wrong.json`],
    ['a reference that is diagnosed', `compare ${twoLayer} --reference fixtures/two-layer.no-slope.json`],
    ['references that outvote one', 'compare two.json --reference theirs.json'],
    ['another precision', `compare ${twoLayer} --dtype float16`],
    ['functions of a module', 'gradcheck fixtures/toy.ts'],
    ['functions with kinks and wrong gradients', 'gradcheck module.mjs'],
    ['a function without a gradient', 'gradcheck one.mjs'],
    ['several configs to gradcheck, a module too', `gradcheck ${textbook} kink.json one.mjs`],
    ['several configs to compare', `compare ${textbook} two.json`],
    ['several configs to audit', `audit ${textbook} tiny.json`],
  ])('%s', async (_, line) => {
    const cwd = folderWith(files);
    const json = await printed(
      line.split(' ').map((word) => word.replace(/^fixtures/, `${root}fixtures`)),
      { cwd },
    );
    expect(json).not.toHaveProperty('errors');
    expect(complaints(json)).toEqual([]);
  });

  test('the one of several configs that can be read: its results are a list, and have not passed', async () => {
    const json = await printed(['gradcheck', 'tiny.json', 'none.json'], { cwd: folderWith(files) });
    expect(complaints(json)).toEqual([]);
    expect(json.passed).toBe(false);
    expect(json.results.map(({ config, passed }: Json) => [config, passed])).toEqual([['tiny.json', true]]);
  });

  test.each<[string, string[]]>([
    ['a file that is not there', ['loss', 'none.json']],
    ['several wrong values', ['loss', 'bad.json']],
    ['more errors than are shown', ['loss', 'many.json']],
    ['what is no JSON', ['loss', 'broken.json']],
    ['all of several configs', ['compare', 'none.json', 'bad.json']],
    ['an unknown option', ['compare', '--nonsense']],
    ['an unknown command', ['nonsense']],
    ['a command that fails', ['compare', '--against', 'echo "no way" >&2; exit 3']],
    ['a module that throws', ['gradcheck', 'throws.mjs']],
  ])('the errors of %s', async (_, args) => {
    const json = await printed(args, { cwd: folderWith(files) });
    expect(json).toHaveProperty('errors');
    expect(complaints(json)).toEqual([]);
  });
});

/** Every value inside a value, with the keys that lead to it. */
function places(value: Json, keys: readonly string[] = []): { keys: readonly string[]; value: Json }[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [{ keys, value }, ...inner.flatMap(([key, item]) => places(item, [...keys, key]))];
}

/** A copy in which `change` was done to what stands at a place. */
function changed(value: Json, keys: readonly string[], change: (parent: Json, key: string) => void): Json {
  const copy = structuredClone({ value });
  const parent = ['value', ...keys].slice(0, -1).reduce((at: Json, key) => at[key], copy);
  change(parent, keys.at(-1) ?? 'value');
  return copy.value;
}

const isObject = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that need not be there: names of tensors, the parts of a reference's loss, and why it has none. */
const OPTIONAL =
  /(tensors|gradients|weightNorms)\.\w+$|references\.\d+\.loss\.(data|regularization|total)$|problem$/;

describe.concurrent('the schema refuses, in every place of', () => {
  test.each([
    'forward tiny.json',
    'loss tiny.json',
    'backprop tiny.json',
    'gradcheck tiny.json --sample 1',
    'gradcheck kink.json',
    'gradcheck module.mjs',
    'gradcheck one.mjs kink.json',
    'compare two.json --only db1,db2',
    'compare tiny.json kink.json',
    'audit tiny.json',
    'audit tiny.json tiny.json',
    'loss bad.json',
  ])('%s, a foreign key, a missing one and a value of another kind', async (line) => {
    const json = await printed(line.split(' '), { cwd: folderWith(files) });
    expect(complaints(json)).toEqual([]);
    const accepted = places(json).flatMap(({ keys, value }) => {
      const at = keys.join('.');
      const attempts: [string, Json][] = [
        [
          `${at} is true`,
          changed(json, keys, (parent, key) => {
            parent[key] = typeof value === 'boolean' ? 'true' : true;
          }),
        ],
      ];
      if (isObject(value))
        attempts.push([
          `${at} has a foreign key`,
          changed(json, keys, (parent, key) => {
            parent[key].foreign = 1;
          }),
        ]);
      if (keys.length > 0 && !/\d$/.test(at) && !OPTIONAL.test(at))
        attempts.push([
          `${at} is missing`,
          changed(json, keys, (parent, key) => {
            delete parent[key];
          }),
        ]);
      return attempts.filter(([, mutilated]) => validate(mutilated)).map(([what]) => what);
    });
    expect(accepted).toEqual([]);
  });

  test('a result, another command and another version', async () => {
    const json = await printed(['backprop', '-'], { stdin: JSON.stringify(TINY) });
    for (const change of [{ command: 'loss' }, { command: 'train' }, { version: 2 }, { gradients: {} }])
      expect(validate({ ...json, ...change }), JSON.stringify(change)).toBe(false);
  });
});
