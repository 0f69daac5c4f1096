import { expect, test } from 'vitest';
import { randomNumbers } from '../../src/core/random.ts';
import { type NumericalEntry, numericalGradient } from '../../src/gradcheck/numerical.ts';
import { GROUPS } from '../functions/all.ts';
import type { Real } from '../functions/families.ts';

/** Points of each family. */
const POINTS = 2;

const entryOf = (f: Real, x: number): NumericalEntry => {
  const { entries } = numericalGradient(([at]: number[]) => f(at!), [x]);
  return entries[0]!;
};

/** An entry with its slopes turned: those of −f, or, with the sides exchanged, of f(−x). */
const turned = ({ value, errorBar, left, right, kink, index }: NumericalEntry, sides: boolean): object => {
  const exchanged = (one: { left: number; right: number }) =>
    sides ? { left: -one.right, right: -one.left } : { left: -one.left, right: -one.right };
  return { index, value: -value, errorBar, ...exchanged({ left, right }), kink: kink && exchanged(kink) };
};

/** −0 is 0. */
const plain = (entry: object): unknown =>
  JSON.parse(JSON.stringify(entry, (_, value: unknown) => (typeof value === 'number' ? `${value}` : value)));

test.each(Object.entries(GROUPS))(
  'of functions %s the mirror image has mirrored slopes and −f negated ones, to the last bit',
  (_, families) => {
    for (const { name, draw } of families) {
      const random = randomNumbers(3, name);
      for (let i = 0; i < POINTS; i++) {
        const { f, x } = draw(random);
        const own = entryOf(f, x);
        expect(plain(entryOf((at) => f(-at), -x)), `${name} at ${x}`).toEqual(plain(turned(own, true)));
        expect(plain(entryOf((at) => -f(at), x)), `${name} at ${x}`).toEqual(plain(turned(own, false)));
      }
    }
  },
);
