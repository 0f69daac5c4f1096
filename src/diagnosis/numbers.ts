import type { Pass } from '../core/forward.ts';

/** A number that a factor may be, with what it is. */
export interface KnownNumber {
  readonly value: number;
  readonly name: string;
}

/** The numbers that people multiply or divide by, each once: where N = C or N = 2 some are the same. */
export function knownNumbers({ network }: Pass): KnownNumber[] {
  const [C, N] = [network.Y.rows, network.X.cols];
  const all = [
    { value: -1, name: '−1' },
    { value: N, name: 'N' },
    { value: 1 / N, name: '1/N' },
    { value: 2, name: '2' },
    { value: 0.5, name: '½' },
    { value: 1 / C, name: '1/C' },
    { value: C, name: 'C' },
    { value: 2 / N, name: '2/N' },
    { value: 1 / (2 * N), name: '1/2N' },
    { value: -1 / N, name: '−1/N' },
    { value: -N, name: '−N' },
    { value: 1 / (N * N), name: '1/N²' },
    { value: Math.LOG2E, name: '1/ln 2, as of log₂' },
    { value: Math.LOG10E, name: '1/ln 10, as of log₁₀' },
  ];
  return all.filter(({ value }) => value !== 1);
}

/** `−0.1`, or `8 = N` where that is a known number. */
export function nameNumber(value: number, known: readonly KnownNumber[]): string {
  const text = shortest(value);
  const names = known
    .filter((one) => Math.abs(one.value - value) <= 1e-6 * Math.abs(value) && /[NCl]/.test(one.name))
    .map(({ name }) => name);
  return names.length === 0 ? text : `${text} = ${names.slice(0, 2).join(' = ')}`;
}

/**
 * A factor that leaves more of a difference than that does not explain it: to numbers of two decimals that were cut off,
 * some factor just below 1 comes near enough.
 */
export const MOST_LEFT = 1 / 4;

/** The shortest decimal within what a fit can tell. */
export function shortest(value: number): string {
  for (let digits = 1; digits <= 6; digits++) {
    const near = Number(value.toPrecision(digits));
    if (Math.abs(near - value) <= 1e-6 * Math.abs(value)) return String(near);
  }
  return value.toPrecision(6);
}
