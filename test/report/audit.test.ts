import { describe, expect, test } from 'vitest';
import { audit, init, parseConfig } from '../../src/index.ts';
import { drawAudit } from '../../src/report/audit.ts';
import { drawAuditScreen } from '../../src/report/screen/audit.ts';
import { makeStyle, type ReportOptions } from '../../src/report/style.ts';
import { readFixture } from '../exact.ts';

const PLAIN: ReportOptions = {
  style: makeStyle(false),
  width: 100,
  digits: 6,
  full: false,
  worst: 5,
  strictness: { strict: false, allow: [] },
};

const textbook = audit(parseConfig(JSON.parse(readFixture('textbook.json'))));
const whole = audit(parseConfig(init({ sizes: [3, 4, 5] }).config));
/** Units that are off, weights that are zero: an example that hides nearly all, for many reasons. */
const poor = audit(
  parseConfig({
    X: [
      [1, 1, 2],
      [1, 1, 0],
    ],
    y: [0, 1, 1],
    W1: [
      [1, 1],
      [1, 1],
    ],
    b1: [-9, -9],
    W2: [
      [0, 0],
      [0, 0],
    ],
    b2: [0, 0],
    W3: [
      [1, 2],
      [3, 4],
    ],
    b3: [0, 0],
    activation: ['relu', 'sigmoid'],
    reg: 1e-12,
  }),
);

describe('the audit says', () => {
  test('how many mistakes are shown and hidden, which, why, and what to change', () => {
    expect(drawAuditScreen(textbook, PLAIN)).toMatchInlineSnapshot(`
      "! This example would show 69 of the 93 classic mistakes that apply to it, and hide 24:
         22  data-zero at layer 1, scaled-input at layer 1 and 20 more: all rows of W2 are equal, so that
             ŷ − y cancels in W2ᵀ(ŷ − y) and nothing reaches layer 1
             → give its rows different values
          1  softmax-twice at layer 2: all classes have the same probability, which another softmax does
             not change
             → give the rows of W2 different values
          1  reversed-rows at layer 1: the gradient is the same either way, since units or inputs are
             equal
             → give them different weights
        fcnet init draws an example that shows all; --full lists all mistakes."
    `);
  });

  test('nothing more where all are shown', () => {
    expect(whole.caught).toBe(whole.total);
    expect(drawAudit(whole, PLAIN)).toEqual([
      `✔ This example would show each of the ${whole.total} classic mistakes that apply to it.`,
    ]);
  });

  test.each([60, 100, 200])('all of it in at most twenty lines of %i columns', (width) => {
    for (const one of [textbook, poor]) {
      const lines = drawAuditScreen(one, { ...PLAIN, width }).split('\n');
      expect(lines.length).toBeLessThanOrEqual(20);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  test('of each hidden mistake that it is, in numbers', () => {
    for (const one of [textbook, poor]) {
      const lines = drawAuditScreen(one, { ...PLAIN, width: 60 }).split('\n');
      const counts = lines.flatMap((line) => /^ {2,4}(\d+) {2}/.exec(line)?.[1] ?? []);
      expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(one.total - one.caught);
    }
  });

  test('every mistake by its name in full, caught ones too', () => {
    const [table, screen] = drawAudit(textbook, { ...PLAIN, full: true });
    for (const { mistake, layer, caught } of textbook.mistakes) {
      expect(table).toContain(`│ ${mistake} `);
      if (!caught) expect(screen?.replace(/\s+/g, ' ')).toContain(`${mistake} at layer ${layer}`);
    }
  });
});
