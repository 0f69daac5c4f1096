import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FIXTURES, fixture, folderWith, root, run, TINY } from './fcnet.ts';

// No terminal breaks a line of what is printed, however narrow it is: a table that is broken is none.

const theirs = fixture('two-layer.pytorch.json');
const wrong = {
  ...theirs,
  gradients: { ...theirs.gradients, dW1: theirs.gradients.dW1.map((row: number[]) => row.map((v) => -v)) },
};
const cwd = folderWith({
  'net.json': { ...fixture('two-layer.json'), reference: undefined },
  'tiny.json': TINY,
  'kink.json': { ...TINY, X: [[0, 0]], W1: [[1]], b1: [0], W2: [[1], [2]], b2: [0, 0], activation: 'relu' },
  'mine.json': wrong,
  'fcnet.json': { nets: ['net.json', 'tiny.json'] },
});
const nets = FIXTURES.map((name) => `${root}fixtures/${name}.json`);
const [textbook = '', twoLayer = '', , iris = ''] = nets;

const LINES: readonly (readonly string[])[] = [
  ...['forward', 'loss', 'backprop', 'gradcheck', 'compare', 'audit'].flatMap((command) =>
    nets.map((net) => [command, net]),
  ),
  ['compare', 'net.json', '--reference', 'mine.json'],
  ['compare', ...nets, 'net.json', '--reference', 'mine.json'],
  ['compare', twoLayer, '--full'],
  ['compare', textbook, '--reference', 'a-name-that-is-so-long-that-it-fills-most-of-a-line=mine.json'],
  ['gradcheck', ...nets],
  ['gradcheck', 'kink.json'],
  ['gradcheck', twoLayer, '--naive'],
  ['audit', ...nets],
  ['audit', twoLayer, '--full'],
  ['backprop', twoLayer, '--explain'],
  ['train', iris, '--iterations', '5'],
  ['check'],
  ['explain'],
  ['explain', 'missing-slope'],
];

/** The lines that are printed of it and do not fit. */
async function tooLong(args: readonly string[], width: number): Promise<string[]> {
  const { stdout } = await run(args, { cwd, env: { COLUMNS: String(width) } });
  expect(stdout).not.toBe('');
  return stdout.split('\n').filter((line) => [...stripVTControlCharacters(line)].length > width);
}

describe.each([40, 60, 80, 120, 200])('on a terminal of %i columns no line is broken', (width) => {
  test.each(LINES.map((args) => [args.join(' ').replaceAll(root, ''), args] as const))(
    'of fcnet %s',
    async (_, args) => {
      expect(await tooLong(args, width)).toEqual([]);
    },
  );
});

test.each([80, 200])('the help fits a terminal of %i columns', async (width) => {
  for (const args of [['help'], ['help', 'compare'], ['help', 'init']])
    expect(await tooLong(args, width)).toEqual([]);
});

test.each([80, 90, 100, 110, 120, 160, 200])(
  'the textbook example takes at most 60 lines of %i columns',
  async (width) => {
    const { stdout } = await run(['compare'], { env: { COLUMNS: String(width) } });
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  },
);
