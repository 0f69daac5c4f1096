import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { base64, relaxed, relaxedBase64 } from '../kernels/modules.ts';
import { folderWith, run } from './fcnet.ts';

/** A network that is large enough for WebAssembly, and a gradient of it in which the penalty is missing. */
const folder = folderWith({});
const made = await run(['init', '64', '48', '10', '-n', '40', '--reg', '0.5', '-o', 'net.json'], {
  cwd: folder,
});
const gradient = await run(['backprop', 'net.json', '--reg', '0', '--json'], { cwd: folder });
writeFileSync(path.join(folder, 'wrong.json'), JSON.stringify(JSON.parse(gradient.stdout).gradients));

const plainly = { FCNET_KERNELS: 'plain' };

test.each([['fcnet.cjs'], ['index.js'], ['browser.js']])(
  'the build holds both modules of WebAssembly: %s',
  (file) => {
    const built = readFileSync(new URL(`../../dist/${file}`, import.meta.url), 'utf8');
    for (const module of [base64, relaxedBase64]) expect(built).toContain(module);
  },
);

/** What a result says, without the digits that a multiplication and an addition in one may change. */
const verdicts = (json: string): unknown =>
  JSON.parse(json, (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  );

test.each([
  ['backprop', ['backprop', 'net.json', '--json']],
  ['the gradient check', ['gradcheck', 'net.json', '--json']],
  [
    'the verdict of a wrong reference, and its diagnosis',
    ['compare', 'net.json', '--reference', 'wrong.json', '--json'],
  ],
])('%s is the same without WebAssembly', async (_, args) => {
  const options = { cwd: folder };
  const [fast, plain] = await Promise.all([run(args, options), run(args, { ...options, env: plainly })]);
  expect(made.code).toBe(0);
  expect(plain.code).toBe(fast.code);
  expect(fast.code, fast.stderr).toBe(args[0] === 'compare' ? 1 : 0);
  if (relaxed === undefined) expect(plain.stdout).toBe(fast.stdout);
  else expect(verdicts(plain.stdout)).toEqual(verdicts(fast.stdout));
});

test('FCNET_KERNELS is refused where it asks for something else', async () => {
  const { code, stderr } = await run(['compare'], { env: { FCNET_KERNELS: 'fast' } });
  expect(code).toBe(2);
  expect(stderr).toContain('FCNET_KERNELS: expected plain, found fast');
});
