import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderWith, run } from './fcnet.ts';

test.concurrent.each([
  ['more samples than a config should have', ['3', '4', '-n', '1000000000'], 'found 3000000012'],
  ['more weights', ['20000', '20000'], 'at most 1000000 numbers in a config, found 400140000'],
  ['one size', ['3'], 'expected at least two sizes, inputs and classes'],
  [
    'too many activations',
    ['3', '4', '2', '--activation', 'relu,tanh'],
    'expected 1 activation, one for each hidden layer; found 2',
  ],
  ['a size that is none', ['3', '0'], 'Expected a layer size'],
])('init refuses %s at once', async (_, args, message) => {
  const { code, stdout, stderr } = await run(['init', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test.concurrent.each([
  ['net.npz', 'PK'],
  ['net.NPZ', 'PK'],
  ['net.json', '{'],
  ['net.JSON', '{'],
  ['net', '{'],
])('init writes to %s what its name says', async (file, start) => {
  const cwd = folderWith();
  expect(await run(['init', '3', '4', '2', '-o', file], { cwd })).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(`${cwd}/${file}`, 'latin1').slice(0, start.length)).toBe(start);
  expect(await run(['gradcheck', file, '-q'], { cwd })).toMatchObject({ code: 0, stderr: '' });
});

test.concurrent.each(['net.npy', 'net.safetensors', 'NET.NPY', 'net.csv', 'net.pt'])(
  'init refuses to write to %s, and says what it can',
  async (file) => {
    const cwd = folderWith();
    const { code, stdout, stderr } = await run(['init', '3', '4', '2', '-o', file], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('expected a name that ends in .json or .npz');
    expect(readdirSync(cwd)).toEqual([]);
  },
);
