import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';

/** A value with its derivative: the rules below carry both, so that the truth comes without any difference. */
interface Dual {
  readonly v: number;
  readonly d: number;
}

/** A random smooth function of one number, at a point. */
export interface Composition {
  readonly description: string;
  readonly x: number;
  readonly f: (x: number) => number;
  readonly derivative: number;
}

/** One to four of these rules, one after another; p, q and r are random. */
const smooth: Record<string, (a: Dual, p: number, q: number, r: number) => Dual> = {
  sin: ({ v, d }, p) => ({ v: Math.sin(p * v), d: p * Math.cos(p * v) * d }),
  tanh: ({ v, d }) => ({ v: Math.tanh(v), d: d / Math.cosh(v) ** 2 }),
  logistic: ({ v, d }) => ({ v: 1 / (1 + Math.exp(-v)), d: d / (2 + Math.exp(v) + Math.exp(-v)) }),
  quadratic: ({ v, d }, p, q, r) => ({ v: p + v * (q + v * r), d: (q + 2 * r * v) * d }),
  cubic: ({ v, d }, p) => ({ v: v ** 3 + p * v, d: (3 * v * v + p) * d }),
  hill: ({ v, d }) => ({ v: 1 / (1 + v * v), d: (-2 * v * d) / (1 + v * v) ** 2 }),
  log: ({ v, d }) => ({ v: Math.log1p(v * v), d: (2 * v * d) / (1 + v * v) }),
  linear: ({ v, d }, p, q) => ({ v: p * v + q, d: p * d }),
};

/** The composition of a seed, of order 1 or near zero; undefined where it oscillates faster than steps can see. */
export function composition(seed: number): Composition | undefined {
  const random = randomNumbers(seed, 'composition');
  const names = Object.keys(smooth);
  const rules = Array.from({ length: 1 + Math.floor(4 * random.uniform()) }, () => ({
    name: names[Math.floor(names.length * random.uniform())]!,
    parameters: [coefficient(random), coefficient(random), coefficient(random)] as const,
  }));
  const x = 2 * random.normal() * (random.uniform() < 0.2 ? 1e-3 : 1);
  let slowly = true;
  const at = (v: number): Dual =>
    rules.reduce<Dual>(
      (a, { name, parameters }) => {
        if (name === 'sin' && Math.abs(parameters[0] * a.d) > 1e3) slowly = false;
        return smooth[name]!(a, ...parameters);
      },
      { v, d: 1 },
    );
  const { d: derivative } = at(x);
  if (!slowly || !Number.isFinite(derivative)) return undefined;
  return { description: rules.map(({ name }) => name).join(', then '), x, f: (v) => at(v).v, derivative };
}

/** Of order 1, with two decimals. */
const coefficient = (random: RandomNumbers): number => Math.round(400 * random.normal()) / 100;
