import { backprop } from '../../src/core/backprop.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { type Network, parameters, type Tensor } from '../../src/core/network.ts';
import { checkGradient, type GradientCheck } from '../../src/gradcheck/gradcheck.ts';
import { audit } from '../../src/mistakes/audit.ts';
import { mistakenGradient, type Variant } from '../../src/mistakes/variants.ts';

/** What a checker says of the right gradient of a network, and of wrong ones. */
export interface Judgement {
  /** whether it refuses the right one */
  readonly alarm: boolean;
  /** the mistakes of the catalogue that it refuses, as {@link variantName} */
  readonly caught: ReadonlySet<string>;
}

export const RULES = ['fcnet', 'torch', 'CS231n'] as const;
export type Rule = (typeof RULES)[number];

/** What three checkers say of a forward pass, and fcnet's check in full. */
export function judgements(
  pass: Pass,
  tried: readonly Variant[],
): { judged: Record<Rule, Judgement>; check: GradientCheck } {
  const check = checkGradient(pass, backprop(pass));
  const judged = {
    fcnet: {
      alarm: check.tensors.some(({ mismatched }) => mismatched > 0),
      caught: new Set(
        audit(check.measurement)
          .mistakes.filter(({ caught }) => caught)
          .map(variantName),
      ),
    },
    // torch.autograd.gradcheck: eps = 1e-6, atol = 1e-5, rtol = 1e-3
    torch: textbookRule(pass, tried, 1e-6, (a, n) => Math.abs(a - n) <= 1e-5 + 1e-3 * Math.abs(n)),
    // CS231n, "Gradient checks": a relative error above 1e-4 is a bug where f has no kinks
    CS231n: textbookRule(
      pass,
      tried,
      1e-5,
      (a, n) => Math.abs(a - n) / Math.max(1e-8, Math.abs(a) + Math.abs(n)) <= 1e-4,
    ),
  };
  return { judged, check };
}

export const variantName = ({ mistake, layer }: Variant): string =>
  layer === null ? `${mistake} at all layers` : `${mistake} at layer ${layer}`;

/** A checker that compares with the difference of two losses, entry by entry. */
function textbookRule(
  pass: Pass,
  tried: readonly Variant[],
  h: number,
  agrees: (analytic: number, numerical: number) => boolean,
): Judgement {
  const numerical = twoLosses(pass.network, h);
  const refuses = (gradient: readonly Tensor[]): boolean =>
    gradient.some(({ data }, l) => data.some((a, i) => !agrees(a, numerical[l]![i]!)));
  return {
    alarm: refuses(backprop(pass)),
    caught: new Set(tried.filter((variant) => refuses(mistakenGradient(pass, variant))).map(variantName)),
  };
}

/** (J(θ + h) − J(θ − h)) / 2h of every parameter. */
const twoLosses = (network: Network, h: number): Float64Array[] =>
  parameters(network).map(({ data }) =>
    Float64Array.from(data, (saved, i) => {
      data[i] = saved + h;
      const up = loss(forward(network)).total;
      data[i] = saved - h;
      const down = loss(forward(network)).total;
      data[i] = saved;
      return (up - down) / (2 * h);
    }),
  );
