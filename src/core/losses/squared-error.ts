import { type Activation, type ActivationSpec, activationOf } from '../activations.ts';
import { at, type Matrix, mapAll, matrix } from '../matrix.ts';
import {
  type Batch,
  type LossDifference,
  type LossKink,
  reachOf,
  type SampleLoss,
  withoutKinks,
} from './sample-loss.ts';

/**
 * ℓ = ½c Σₖ (ŷₖ − tₖ)² with ŷ = φ(z), and ∂ℓ/∂z = c(ŷ − t) ◦ φ′(z).
 *
 * Where ŷ is near a target at an end of its range, 1 of a sigmoid, the residual ŷ − t is taken from what is left
 * to it: −σ(−z).
 *
 * @param c 2 for `squared-error`, 1 for `half-squared-error`
 */
export function squaredError(spec: ActivationSpec, c: 1 | 2): SampleLoss {
  const phi = activationOf(spec);
  const residual = (z: number, t: number): number => {
    const [v, s] = phi.apart(z, t);
    return v - s;
  };
  /** The size of the terms of the residual. */
  const termsOf = (z: number, t: number): number => {
    const [v, s] = phi.apart(z, t);
    return Math.abs(v) + Math.abs(s);
  };
  return {
    output: (z) => mapAll(z, phi.values),
    total: ({ z, t }) => (c / 2) * z.data.reduce((sum, zk, i) => sum + residual(zk, t.data[i]!) ** 2, 0),
    error: (batch) => entries(batch, (z, t) => c * residual(z, t) * phi.slope(z)),
    differences: (batch) => differencesOf(batch, phi, residual, c),
    kinks: (batch) => kinksOf(batch, phi, residual, c),
    errorSize: (batch) => entries(batch, (z, t) => c * termsOf(z, t) * phi.slopeSize(z)),
    bound: {
      error: (batch, Ez, model) =>
        entries(batch, (z, t, i) => {
          const [v, s] = phi.apart(z, t);
          const through = model.value(phi, z, v, Ez.data[i]!) + Math.abs(v) + Math.abs(s);
          return c * model.throughSlope(phi, through, Math.abs(v - s), z, batch.y.data[i]!, Ez.data[i]!);
        }),
      total: ({ z, t }, Ez, model) =>
        z.data.reduce((sum, zk, i) => {
          const [v, s] = phi.apart(zk, t.data[i]!);
          const E = model.value(phi, zk, v, Ez.data[i]!) + Math.abs(v) + Math.abs(s);
          return sum + c * errorOfSquare(Math.abs(v - s), E, model.u);
        }, 0),
    },
    textbook: {
      error: (batch, Ez, model) =>
        entries(batch, (z, t, i) => {
          const y = batch.y.data[i]!;
          const through = Math.hypot(model.value(phi, z, y, Ez.data[i]!), t);
          return c * model.throughSlope(phi, through, Math.abs(residual(z, t)), z, y, Ez.data[i]!);
        }),
      total: ({ z, y, t }, Ez, model) =>
        z.data.reduce((sum, zk, i) => {
          const [yk, tk] = [y.data[i]!, t.data[i]!];
          const r = Math.abs(residual(zk, tk));
          const E = Math.hypot(model.value(phi, zk, yk, Ez.data[i]!), tk, r);
          return sum + c * errorOfSquare(r, E, model.u);
        }, 0),
    },
  };
}

/** The error of ½r² where r is off by some E: rE, and where r itself is smaller than that, what it may have become. */
export const errorOfSquare = (r: number, E: number, u: number): number => r * E + 4 * u * E * E;

/** A matrix of something of each logit and its target. */
const entries = ({ z, t }: Batch, f: (z: number, t: number, i: number) => number): Matrix =>
  matrix(
    z.rows,
    z.cols,
    z.data.map((zk, i) => f(zk, t.data[i]!, i)),
  );

/** Outputs that lie on the kink of their activation. */
function kinksOf(
  { z, t }: Batch,
  { kink }: Activation,
  residual: (z: number, t: number) => number,
  c: number,
): LossKink[] {
  if (kink === 0) return [];
  return [...z.data.entries()].flatMap(([i, zk]) => {
    if (zk !== 0) return [];
    const v = new Float64Array(z.rows);
    v[Math.floor(i / z.cols)] = 1;
    return [{ n: i % z.cols, v, jump: kink * c * Math.abs(residual(zk, t.data[i]!)) }];
  });
}

/** ½c Σₖ Δₖ(2rₖ + Δₖ), with Δ = φ(z + δ) − φ(z) and r the residual. */
function differencesOf(
  { z, t }: Batch,
  phi: Activation,
  residual: (z: number, t: number) => number,
  c: number,
): LossDifference {
  const N = z.cols;
  const one = (n: number, k: number, d: number): number => {
    const change = phi.difference(at(z, k, n), d);
    return (c / 2) * change * (2 * residual(z.data[k * N + n]!, t.data[k * N + n]!) + change);
  };
  return {
    reach:
      phi.kink === 0
        ? withoutKinks
        : reachOf(N, (visit) => {
            z.data.forEach((zk, i) => {
              visit(zk, i % N);
            });
          }),
    one,
    all: (n, delta) => delta.reduce((sum, d, k) => (d === 0 ? sum : sum + one(n, k, d)), 0),
  };
}
