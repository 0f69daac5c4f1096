import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import type { Network } from '../../src/core/network.ts';
import { backwardSteps } from '../../src/mistakes/backward.ts';
import { placeOf } from '../../src/mistakes/writing.ts';
import { readFixture } from '../exact.ts';
import { Hand } from './hand.ts';

/** What each step is by hand: δˡ, daˡ and the slope of layer l, dWˡ and dbˡ. */
const BY_HAND: Readonly<Record<string, (h: Hand, l: number) => (i: number, j: number) => number>> = {
  δ: (h, l) => (i, n) => h.delta(l, i, n),
  da: (h, l) => (i, n) => h.before(l, i, n),
  '′': (h, l) => (i, n) => h.slope(l, i, n),
  dW: (h, l) => (i, j) => h.dW(l, i, j),
  db: (h, l) => (i) => h.db(l, i),
};

const networkIn = (name: string): Network => parseConfig(readFixture(`${name}.json`)).network;

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `da¹` → da and 1, `σ′(z¹)` → ′ and 1 */
function partsOf(name: string): [kind: string, layer: number] {
  const [digit = ''] = /[\d⁰¹²³⁴⁵⁶⁷⁸⁹](?=\)?$)/u.exec(name) ?? [];
  const layer = /\d/.test(digit) ? Number(digit) : SUPERSCRIPTS.indexOf(digit);
  return [name.includes('′') ? '′' : name.replace(/[\d⁰¹²³⁴⁵⁶⁷⁸⁹]$/u, ''), layer];
}

describe('the steps of the backward pass', () => {
  test.each(['textbook', 'two-layer', 'deep', 'iris'])(
    'of %s are what they are by hand, each once',
    (name) => {
      const network = networkIn(name);
      const hand = new Hand(network);
      const steps = backwardSteps(forward(network));
      for (const { value } of steps) {
        const [kind, layer] = partsOf(value.name);
        const [, cols = 1] = value.shape;
        const by = BY_HAND[kind]!(hand, layer);
        const largest = Math.max(...value.data.map(Math.abs));
        value.data.forEach((entry, i) => {
          const expected = by(Math.floor(i / cols), i % cols);
          expect(Math.abs(entry - expected), `${value.name} ${i}`).toBeLessThanOrEqual(
            1e-9 * largest + 1e-15,
          );
        });
      }
      const L = network.layers.length;
      const perLayer = network.biased ? 5 : 4;
      expect(new Set(steps.map(({ value }) => value.name)).size).toBe(L * perLayer - 2);
      expect(steps).toHaveLength(L * perLayer - 2); // the output has no da and no slope
    },
  );
});

test('a line of one layer looks at that layer only: all lines take a time that grows as the layers do', () => {
  const read: number[] = [];
  const steps = Array.from({ length: 50 }, (_, l) => ({
    layer: {
      get activation() {
        read.push(l + 1);
        return 'tanh' as const;
      },
    },
  }));
  const network = networkIn('deep');
  const { activation } = placeOf({ network, steps } as unknown as Pass, 7);
  expect(activation).toBe('tanh');
  expect(new Set(read)).toEqual(new Set([7]));
});
