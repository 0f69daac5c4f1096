import { expect, test } from 'vitest';
import { run } from './fcnet.ts';

const help = async (...command: string[]): Promise<string> =>
  (await run([...command, '--help'], { env: { COLUMNS: '100' } })).stdout;

test('fcnet', async () => {
  expect(await help()).toMatchInlineSnapshot();
  expect(await help()).toBe((await run([], { env: { COLUMNS: '100' } })).stdout);
});

test('fcnet forward', async () => {
  expect(await help('forward')).toMatchInlineSnapshot();
});

test('fcnet loss', async () => {
  expect(await help('loss')).toMatchInlineSnapshot();
});

test('fcnet backprop', async () => {
  expect(await help('backprop')).toMatchInlineSnapshot();
});

test('fcnet gradcheck', async () => {
  expect(await help('gradcheck')).toMatchInlineSnapshot();
});

test('fcnet compare', async () => {
  expect(await help('compare')).toMatchInlineSnapshot();
});
