import { describe, expect, test } from 'vitest';
import { folderWith, run, TINY } from './fcnet.ts';

/** The last line of a table. */
const lastOf = async (
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number | null; last: string }> => {
  const { code, stdout } = await run(args, cwd === undefined ? {} : { cwd });
  return { code, last: stdout.trimEnd().split('\n').at(-1)! };
};

describe.concurrent('the last line says', () => {
  test('that all agree, and of which reference entries are inconclusive', async () => {
    expect(await lastOf(['compare'])).toEqual({
      code: 0,
      last: '✔ agree: analytic, numerical (difference propagation, h = 2^-100) and textbook.pytorch (float64), all 41 entries, 4 of textbook.pytorch inconclusive',
    });
  });

  test('what --strict did not accept, where nothing disagrees', async () => {
    expect((await lastOf(['gradcheck', '--strict'])).code).toBe(2); // it says nothing of anybody's code
    const { code, last } = await lastOf(['compare', '--strict']);
    expect(code).toBe(1);
    expect(last).toMatch(
      /^✖ agree, but --strict: 4 entries are inconclusive, 16 mistakes would go unnoticed: /,
    );
  });

  test('that no entry could be judged, of the check or of a reference', async () => {
    const step = ['--step', '0.5', '--only', 'dW1'];
    expect((await lastOf(['gradcheck', 'fixtures/two-layer.json', ...step])).last).toMatch(
      /^✖ no entry could be judged: /,
    );
    // It fits: its gradient is exactly 0, which no reference can show.
    const config = {
      X: [[1]],
      y: [1],
      W1: [[1]],
      biases: 'none',
      output: 'identity',
      loss: 'squared-error',
      reference: { dW1: [[0]] },
    };
    const { code, last } = await lastOf(['compare', 'one.json'], folderWith({ 'one.json': config }));
    expect(code).toBe(1);
    expect(last).toMatch(/^✖ no entry could be judged of inline reference: /);
  });

  test('that something disagrees: a gradient, or only a loss', async () => {
    const cwd = folderWith({
      'dW.json': { ...TINY, reference: { dW1: [[1], [2]], db1: [0, 0] } },
      'loss.json': { ...TINY, reference: { loss: 7 } },
    });
    for (const file of ['dW.json', 'loss.json'])
      expect((await lastOf(['compare', file], cwd)).last).toMatch(/^✖ disagree: /);
  });

  test('how few entries were checked', async () => {
    const { last } = await lastOf(['gradcheck', 'fixtures/digits.json', '--sample', '1', '--only', 'dW1']);
    expect(last).toMatch(/, 1 of 2048 entries \(< 0\.1%\)/);
  });
});

test('in the summary of several configs it stands beside the one that fails for it', async () => {
  const { code, stdout } = await run([
    'compare',
    'fixtures/textbook.json',
    'fixtures/two-layer.json',
    '--strict',
  ]);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^✖ fixtures\/textbook\.json .*: agree, but --strict: 4 entries are inconclusive, 16 mistakes would go unnoticed$/m,
  );
});
