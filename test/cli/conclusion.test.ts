import { describe, expect, test } from 'vitest';
import { folderWith, run, TINY } from './fcnet.ts';

/** The last lines of a table, from the verdict on. */
const endOf = async (
  args: readonly string[],
  cwd?: string,
): Promise<{ code: number | null; end: string }> => {
  const { code, stdout } = await run(args, cwd === undefined ? {} : { cwd });
  return { code, end: /^[✔✖] [\s\S]*/m.exec(stdout)?.[0] ?? stdout };
};

describe.concurrent('the last lines say', () => {
  test('that all agree, and which entries of a reference are inconclusive', async () => {
    const { code, end } = await endOf(['compare']);
    expect(code).toBe(0);
    expect(end.split('\n')[0]).toBe(
      '✔ textbook.pytorch agrees in 37 of 41 entries and in logits and loss; the numerical gradient in all',
    );
    expect(end).toMatch(/^ {2}Inconclusive: 4 entries in db1 drown in the rounding of float64\.$/m);
  });

  test('what --strict did not accept, where nothing disagrees', async () => {
    expect((await endOf(['gradcheck', '--strict'])).code).toBe(2); // it says nothing of anybody's code
    const { code, end } = await endOf(['compare', '--strict']);
    expect(code).toBe(1);
    expect(end).toMatch(
      /^✖ agree, but --strict: 4 entries are inconclusive, 24 mistakes would go unnoticed\n/,
    );
  });

  test('that no entry could be judged, of the check or of a reference', async () => {
    const step = ['--step', '0.5', '--only', 'dW1'];
    expect((await endOf(['gradcheck', 'fixtures/two-layer.json', ...step])).end).toMatch(
      /^✖ no entry could be judged: 12 entries have a step that is too large$/m,
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
    const { code, end } = await endOf(['compare', 'one.json'], folderWith({ 'one.json': config }));
    expect(code).toBe(1);
    expect(end).toMatch(/^✖ no entry could be judged of inline reference$/m);
  });

  test('that something disagrees: a gradient, or only a loss', async () => {
    const cwd = folderWith({
      'dW.json': { ...TINY, reference: { dW1: [[1], [2]], db1: [0, 0] } },
      'loss.json': { ...TINY, reference: { loss: 7 } },
    });
    expect((await endOf(['compare', 'dW.json'], cwd)).end).toMatch(
      /^✖ inline reference is wrong in dW1 and db1$/m,
    );
    expect((await endOf(['compare', 'loss.json', '--only', 'loss'], cwd)).end).toMatch(
      /^✖ inline reference is wrong in loss$/m,
    );
  });

  test('how few entries were checked', async () => {
    const { end } = await endOf(['gradcheck', 'fixtures/digits.json', '--sample', '1', '--only', 'dW1']);
    expect(end).toMatch(/ agree in 1 of 2048 entries \(< 0\.1%\)$/m);
  });
});

test('in the summary of several configs they stand beside the one that fails for it', async () => {
  const { code, stdout } = await run(
    ['compare', 'fixtures/textbook.json', 'fixtures/two-layer.json', '--strict'],
    { env: { COLUMNS: '120' } },
  );
  expect(code).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "✖ fixtures/textbook.json   agree, but --strict: 4 entries are inconclusive, 24 mistakes would go unnoticed
    ✔ fixtures/two-layer.json  41 entries, two-layer.pytorch
    1 of 2 agrees, 1 disagrees
    "
  `);
});
