import { UNIT_ROUNDOFF } from './noise.ts';

/** What the steps say of one derivative. */
export interface Estimate {
  readonly value: number;
  /** the derivative lies within this of the value, unless the steps cannot see what f does */
  readonly errorBar: number;
  /** (f(x) − f(x − h))/h at the smallest step */
  readonly left: number;
  /** (f(x + h) − f(x))/h */
  readonly right: number;
  /** the one-sided slopes where they show a kink */
  readonly kink: { readonly left: number; readonly right: number } | null;
}

export type Side = 'left' | 'right';

/** What one step h says: the central quotient and the one-sided ones, with the h that was really taken. */
export interface Rung {
  readonly h: number;
  readonly central: number;
  readonly left: number;
  readonly right: number;
  /** f(x + h) */
  readonly above: number;
  /** f(x − h) */
  readonly below: number;
  /** the largest |f| that went into them */
  readonly size: number;
}

export function rungAt(at: (x: number) => number, x: number, fx: number, step: number): Rung {
  const [up, down] = [x + step, x - step];
  const [above, below] = [at(up), at(down)];
  return {
    h: (up - down) / 2,
    central: (above - below) / (up - down),
    left: (fx - below) / (x - down),
    right: (above - fx) / (up - x),
    above,
    below,
    size: Math.max(Math.abs(fx), Math.abs(above), Math.abs(below)),
  };
}

/** (f(x + h) − f(x − h)) / 2h at one step, with half the difference of the one-sided slopes for truncation. */
export function quotient(at: (x: number) => number, x: number, fx: number, step: number): Estimate {
  const { h, central, left, right, size } = rungAt(at, x, fx, step);
  return {
    value: central,
    errorBar: Math.abs(right - left) / 2 + (2 * UNIT_ROUNDOFF * size) / h,
    left,
    right,
    kink: null,
  };
}
