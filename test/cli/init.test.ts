import { expect, test } from 'vitest';
import { run } from './fcnet.ts';

test.concurrent.each([
  ['more samples than a config should have', ['3', '4', '--samples', '1000000000'], 'found 3000000012'],
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
