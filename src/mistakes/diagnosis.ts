import type { Pass } from '../core/forward.ts';
import type { Tensor } from '../core/network.ts';
import { summedSize } from '../gradcheck/noise.ts';
import { mistakes } from './catalogue.ts';
import { type Relation, relationOf } from './relations.ts';
import { mistakenGradient, mistakenSize, type Variant, variants } from './variants.ts';

/** What may be behind a wrong gradient. */
export interface Diagnosis {
  /** an id of the catalogue, or a plain relation to the right gradient */
  readonly mistake: Variant['mistake'] | Relation['relation'] | 'float32';
  readonly layer: number | null;
  /** the wrong tensors that it explains */
  readonly tensors: readonly string[];
  readonly explanation: string;
}

/** How closely two gradients must agree to be called the same: as references are judged. */
export interface Closeness {
  readonly rtol: number;
  readonly atol: number;
  /** the rounding of each entry of the right gradient: 8uR and the floor */
  readonly noise: ReadonlyMap<string, Float64Array>;
}

const MOST = 3;

/**
 * Names what is behind a wrong gradient: the mistakes of the catalogue that reproduce it, else relations that
 * hold between it and the right one. At most three; nothing where nothing fits.
 *
 * @param right the right gradient, in fcnet's own orientation
 * @param given the wrong one, tensor by tensor, those of the right shape
 * @param wrong the names of the tensors that mismatch
 */
export function diagnose(
  pass: Pass,
  right: readonly Tensor[],
  given: readonly Tensor[],
  wrong: readonly string[],
  closeness: Closeness,
): Diagnosis[] {
  const judged = given.filter(({ name }) => closeness.noise.has(name));
  const wrongOnes = judged.filter(({ name }) => wrong.includes(name));
  if (wrongOnes.length === 0) return [];
  const sizes = summedSize(pass);
  const candidates = variants(pass).map((variant) => candidate(pass, variant, right, sizes, closeness));

  // A mistake that reproduces every tensor, the wrong ones and those that are right.
  const whole = candidates.filter(({ reproduces }) => judged.every(reproduces));
  if (whole.length > 0)
    return answers(whole.map(({ variant }) => ({ variant, tensors: wrongOnes.map(({ name }) => name) })));

  // Relations of all wrong tensors to the right ones.
  const rightOf = (name: string): Tensor => right.find((tensor) => tensor.name === name)!;
  const close =
    (name: string) =>
    (a: number, b: number, i: number, scale: number): boolean =>
      Number.isFinite(b) &&
      Math.abs(a - b) <=
        closeness.atol +
          closeness.rtol * Math.max(Math.abs(a), Math.abs(b)) +
          closeness.noise.get(name)![i]! * Math.max(1, scale);
  const relation = relationOf(
    wrongOnes.map((tensor) => ({ right: rightOf(tensor.name), given: tensor, close: close(tensor.name) })),
  );
  if (relation !== undefined)
    return [
      {
        mistake: relation.relation,
        layer: null,
        tensors: wrongOnes.map(({ name }) => name),
        explanation: relation.explanation,
      },
    ];

  // Several mistakes at once: each explains some of the wrong tensors.
  return partial(candidates, wrongOnes, (tensor) =>
    relationOf([{ right: rightOf(tensor.name), given: tensor, close: close(tensor.name) }]),
  );
}

interface Candidate {
  readonly variant: Variant;
  /** the tensors that this mistake changes beyond rounding */
  readonly changes: readonly string[];
  /** whether a tensor is what this mistake makes of it */
  reproduces(given: Tensor): boolean;
}

function candidate(
  pass: Pass,
  variant: Variant,
  right: readonly Tensor[],
  rightSizes: readonly Tensor[],
  { rtol, atol, noise }: Closeness,
): Candidate {
  const gradient = new Map(mistakenGradient(pass, variant).map((tensor) => [tensor.name, tensor]));
  const sizes = new Map(mistakenSize(pass, variant).map((tensor) => [tensor.name, tensor.data]));
  const own = new Map(rightSizes.map((tensor) => [tensor.name, tensor.data]));
  const reproduces = ({ name, shape, data }: Tensor): boolean => {
    const mistaken = gradient.get(name)!;
    if (shape.join() !== mistaken.shape.join() || !data.every(Number.isFinite)) return false;
    const [g, S, S0, e] = [mistaken.data, sizes.get(name)!, own.get(name)!, noise.get(name)!];
    return data.every((value, i) => {
      // The textbook's rounding grows as the terms do that the mistake sums.
      const grown = e[i]! * Math.max(1, S0[i]! > 0 ? S[i]! / S0[i]! : 1);
      return Math.abs(value - g[i]!) <= atol + rtol * Math.max(Math.abs(value), Math.abs(g[i]!)) + grown;
    });
  };
  const changes = right
    .filter((tensor) => noise.has(tensor.name) && !reproduces(tensor))
    .map(({ name }) => name);
  return { variant, changes, reproduces };
}

interface Answer {
  readonly variant: Variant;
  readonly tensors: readonly string[];
}

/** At most three answers; those that cannot be told apart here say so. */
function answers(found: readonly Answer[]): Diagnosis[] {
  // All layers at once first: a real bug usually sits in a loop.
  const ordered = [...found].sort(
    (a, b) => Number(a.variant.layer !== null) - Number(b.variant.layer !== null),
  );
  const names = ordered.map(({ variant }) => describe(variant));
  return ordered.slice(0, MOST).map(({ variant, tensors }, i) => {
    const others = names.filter((_, j) => j !== i);
    const equal =
      others.length > 0
        ? ` (here the same as ${others.slice(0, MOST).join(', ')}${others.length > MOST ? ', …' : ''})`
        : '';
    return {
      ...variant,
      tensors,
      explanation: `${mistakes[variant.mistake].explanation}: ${mistakes[variant.mistake].equation}${equal}`,
    };
  });
}

/** `missing-slope at layer 1` */
export const describe = ({ mistake, layer }: { mistake: string; layer: number | null }): string =>
  layer === null ? mistake : `${mistake} at layer ${layer}`;

/**
 * Explains the wrong tensors one after another, each time by the mistake that explains most of those that are
 * left. A mistake that would have changed other tensors too, and did not, is not what happened.
 */
function partial(
  candidates: readonly Candidate[],
  wrong: readonly Tensor[],
  relation: (tensor: Tensor) => Relation | undefined,
): Diagnosis[] {
  const found: Diagnosis[] = [];
  const names = wrong.map(({ name }) => name);
  let left = [...wrong];
  while (left.length > 0) {
    const explained = candidates.flatMap(({ variant, changes, reproduces }) => {
      const tensors = left.filter(reproduces).map(({ name }) => name);
      const elsewhere = changes.filter((name) => !names.includes(name)).length;
      const unexplained = changes.filter((name) => !tensors.includes(name)).length;
      return tensors.length === 0 || elsewhere > 0 ? [] : [{ variant, tensors, unexplained }];
    });
    const [best] = explained.sort(
      (a, b) => b.tensors.length - a.tensors.length || a.unexplained - b.unexplained,
    );
    if (best === undefined) break;
    const same = explained.filter(
      ({ tensors, unexplained }) =>
        unexplained === best.unexplained && tensors.join() === best.tensors.join(),
    );
    found.push(answers(same)[0]!);
    left = left.filter(({ name }) => !best.tensors.includes(name));
  }
  for (const tensor of left) {
    const related = relation(tensor);
    if (related !== undefined) {
      found.push({
        mistake: related.relation,
        layer: layerOf(tensor.name),
        tensors: [tensor.name],
        explanation: related.explanation,
      });
    }
  }
  return found.slice(0, MOST);
}

const layerOf = (name: string): number => Number(/\d+$/.exec(name)?.[0]);
