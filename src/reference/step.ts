import type { Tensor } from '../core/network.ts';

/** The parameters after one step θ′ = θ − η ∂J/∂θ, as programs have them that only update. */
export interface Step {
  /** η */
  readonly rate: number;
  /** θ: W1, b1, … as the config lays them */
  readonly before: readonly Tensor[];
  /** θ′ by the names of their gradients, dW1, db1, … */
  readonly after: ReadonlyMap<string, Tensor>;
}

/** θ of a gradient: W1 of dW1. */
const beforeOf = ({ before }: Step, name: string): Tensor | undefined =>
  before.find((tensor) => `d${tensor.name}` === name);

/** (θ − θ′)/η; what has not the shape of its θ stays as it is, for that is what is wrong with it. */
export function gradientsOfStep(step: Step): Map<string, Tensor> {
  return new Map(
    [...step.after].map(([name, after]) => {
      const before = beforeOf(step, name);
      if (before === undefined || before.shape.join() !== after.shape.join()) return [name, after];
      const data = after.data.map((value, i) => (before.data[i]! - value) / step.rate);
      return [name, { ...after, data }];
    }),
  );
}

/** u(|θ| + |θ′|)/η: how far the rounding of θ and of θ′ moves the gradient that is between them. */
export function roundingOfStep(step: Step, name: string, unitRoundoff: number): Float64Array | undefined {
  const [before, after] = [beforeOf(step, name), step.after.get(name)];
  if (before === undefined || after === undefined) return undefined;
  return after.data.map(
    (value, i) => (unitRoundoff * (Math.abs(before.data[i] ?? 0) + Math.abs(value))) / step.rate,
  );
}

/** What θ′ are where the gradient is right. */
export const stepsFrom = (before: readonly Tensor[], gradients: readonly Tensor[], rate: number): Tensor[] =>
  gradients.map((gradient) => {
    const theta = before.find((tensor) => `d${tensor.name}` === gradient.name)!;
    return { ...gradient, data: gradient.data.map((value, i) => theta.data[i]! - rate * value) };
  });
