import type { RandomNumbers } from '../../src/core/random.ts';

/** A function of one number, where it is differentiated, and its derivative there by another formula. */
export interface Subject {
  readonly f: (x: number) => number;
  readonly x: number;
  readonly slope: number;
  /** only steps below this show the slope: the wavelength of a wave, the distance of the farther of two kinks */
  readonly detail?: number;
}

/** Subjects of one kind, one for each stream of random numbers. */
export interface Family {
  readonly name: string;
  draw(random: RandomNumbers): Subject;
}

export type Real = (x: number) => number;
export type Point = (random: RandomNumbers) => number;

export const sign = (random: RandomNumbers): number => (random.uniform() < 0.5 ? -1 : 1);

/** Of any size between two, positive. */
export const between =
  (low: number, high: number): Point =>
  (random) =>
    Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * random.uniform());

/** Of any size between two, on either side of a place. */
export const beside =
  (place: number, low: number, high: number): Point =>
  (random) =>
    place + between(low, high)(random) * sign(random);

/** f at random points, with its derivative in a form that does not cancel. */
export const family = (name: string, f: Real, slope: Real, point: Point): Family => ({
  name,
  draw: (random) => {
    const x = point(random);
    return { f, x, slope: slope(x) };
  },
});

/** The derivative of Σ cₖ xᵏ. */
export const seriesSlope =
  (coefficient: (k: number) => number, terms = 30): Real =>
  (x) => {
    let sum = 0;
    for (let k = terms; k >= 1; k--) sum = sum * x + k * coefficient(k);
    return sum;
  };

export const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
