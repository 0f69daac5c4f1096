import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ADAPTER_NAMES } from '../src/cli/adapter-names.ts';
import { GIVE_WORDS } from '../src/reference/give.ts';
import { folderWith, root, run } from './cli/fcnet.ts';

const page = readFileSync(`${root}docs/references.md`, 'utf8');
const [net = '', given = '', answer = ''] = [...page.matchAll(/^```(?:json|text)\n(.*?)^```$/gms)].map(
  ([, block]) => block,
);

test('docs/references.md has a network as a command gets it, and an answer that agrees', async () => {
  const cwd = folderWith({ 'net.json': net, 'answer.txt': answer });
  const args = ['compare', 'net.json', '--give', 'text', '--against', 'mine=cat > given.txt; cat answer.txt'];
  const { code, stderr } = await run(args, { cwd });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'note: mine: ignored "epoch 1: J = 0.627", which is no part of its answer\n',
  });
  expect(readFileSync(`${cwd}/given.txt`, 'utf8')).toBe(given);
});

test('and names every adapter and every word of --give', () => {
  for (const name of [...ADAPTER_NAMES, ...GIVE_WORDS]) expect(page).toContain(`\`${name}\``);
});
