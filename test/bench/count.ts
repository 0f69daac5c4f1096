import { backprop } from '../../src/core/backprop.ts';
import { forward, type Pass } from '../../src/core/forward.ts';
import type { GradientCheck } from '../../src/gradcheck/gradcheck.ts';
import { summedSize, UNIT_ROUNDOFF } from '../../src/gradcheck/noise.ts';
import { mistakenGradient, mistakenSize, type Variant, variants } from '../../src/mistakes/variants.ts';
import { type BenchNetwork, benchNetwork, type Group } from './networks.ts';
import { judgements, RULES, type Rule, variantName } from './rules.ts';

/** What happened on one network, or on all of a group. */
export interface Count {
  networks: number;
  entries: number;
  /** entries of the right gradient that fcnet leaves open */
  inconclusive: number;
  /** mistakes that change some entry by more than 1e-3 of itself, and by more than rounding */
  effective: number;
  /** networks whose right gradient is refused */
  readonly alarms: Record<Rule, number>;
  /** effective mistakes that are not refused */
  readonly misses: Record<Rule, number>;
  /** mistakes that change some entry by more than 1e-3 of itself, but none by more than rounding */
  hidden: number;
  /** those of them that are not refused */
  readonly hiddenMisses: Record<Rule, number>;
}

/** A network on which fcnet fails, to be made again by the seed. */
export interface Failure {
  readonly seed: number;
  readonly group: Group;
  readonly alarm: boolean;
  readonly missed: readonly string[];
}

const none = (): Record<Rule, number> => ({ fcnet: 0, torch: 0, CS231n: 0 });

export const emptyCount = (): Count => ({
  networks: 0,
  entries: 0,
  inconclusive: 0,
  effective: 0,
  alarms: none(),
  misses: none(),
  hidden: 0,
  hiddenMisses: none(),
});

/** Counts what the three checkers say of the networks of some seeds, group by group. */
export function countVerdicts(
  seeds: Iterable<number>,
  progress: (seed: number) => void = () => {},
): { counts: Map<Group, Count>; failures: Failure[] } {
  const counts = new Map<Group, Count>();
  const failures: Failure[] = [];
  for (const seed of seeds) {
    const bench = benchNetwork(seed);
    const count = counts.get(bench.group) ?? emptyCount();
    counts.set(bench.group, count);
    const failure = countNetwork(bench, count);
    if (failure.alarm || failure.missed.length > 0) failures.push(failure);
    progress(seed);
  }
  return { counts, failures };
}

function countNetwork({ seed, group, network }: BenchNetwork, count: Count): Failure {
  const pass = forward(network);
  const tried = variants(pass);
  const { judged, check } = judgements(pass, tried);
  count.networks++;
  for (const tensor of check.tensors) {
    count.entries += tensor.checked;
    count.inconclusive += tensor.inconclusive;
  }
  for (const rule of RULES) if (judged[rule].alarm) count.alarms[rule]++;

  const missed: string[] = [];
  const effects = effectsOn(pass, check);
  for (const variant of tried) {
    const effect = effects(variant);
    if (effect === 'none') continue;
    count[effect]++;
    const misses = effect === 'effective' ? count.misses : count.hiddenMisses;
    for (const rule of RULES) {
      if (judged[rule].caught.has(variantName(variant))) continue;
      misses[rule]++;
      if (rule === 'fcnet' && effect === 'effective') missed.push(variantName(variant));
    }
  }
  return { seed, group, alarm: judged.fcnet.alarm, missed };
}

/** Below it, products with a step of 2⁻¹⁰⁰ underflow: what is smaller, float64 cannot tell apart. */
const UNDERFLOW = 2 ** -900;

/**
 * Whether a mistake changes the gradient. It is *effective* where some entry changes by more than a
 * thousandth of itself, and by more than 10⁴uS: S is the size of the terms that are summed into the entry,
 * of the right or the mistaken one, so that a change of some uS can be nothing but the rounding of the two.
 * What changes an entry by a thousandth, but only where that is such rounding, or underflow, or on a kink a number
 * between the two one-sided slopes, any of which is a gradient there, is *hidden*.
 */
function effectsOn(
  pass: Pass,
  { tensors, inconclusive }: GradientCheck,
): (variant: Variant) => 'effective' | 'hidden' | 'none' {
  const right = backprop(pass);
  const kinks = new Map(
    inconclusive.map(({ tensor, index, left, right: other }) => {
      const [, cols = 1] = tensors.find(({ name }) => name === tensor)!.shape;
      const place = index.length === 1 ? index[0]! : index[0]! * cols + index[1]!;
      return [`${tensor} ${place}`, [Math.min(left, other), Math.max(left, other)] as const];
    }),
  );
  const isSubgradient = (name: string, i: number, b: number): boolean => {
    const [least, most] = kinks.get(`${name} ${i}`) ?? [1, 0];
    return least <= b && b <= most;
  };
  const sizes = summedSize(pass);
  return (variant) => {
    const mistaken = mistakenGradient(pass, variant);
    const own = mistakenSize(pass, variant);
    let effect: 'hidden' | 'none' = 'none';
    for (const [l, { name, data }] of right.entries()) {
      for (const [i, a] of data.entries()) {
        const b = mistaken[l]!.data[i]!;
        if (Math.abs(a - b) <= 1e-3 * Math.max(Math.abs(a), Math.abs(b))) continue;
        effect = 'hidden';
        const S = Math.max(sizes[l]!.data[i]!, own[l]!.data[i]!);
        if (isSubgradient(name, i, b)) continue;
        if (!(Math.abs(a - b) <= 1e4 * UNIT_ROUNDOFF * S + UNDERFLOW)) return 'effective';
      }
    }
    return effect;
  };
}
