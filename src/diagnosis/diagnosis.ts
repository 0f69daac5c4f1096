import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import type { Tensor } from '../core/network.ts';
import { mistakes } from '../mistakes/catalogue.ts';
import type { Lines } from '../mistakes/writing.ts';
import { clippedEntries, roundNorm } from './clipping.ts';
import { type Convention, candidates, conventionOf } from './conventions.ts';
import { type Closeness, evidenceOf, type LayerEvidence } from './evidence.ts';
import { alikeFactors, type Named, nameChoices } from './naming.ts';
import { type KnownNumber, knownNumbers } from './numbers.ts';
import { otherWeights } from './other-weights.ts';
import { type Choice, distinct, rulesOf } from './path.ts';
import { type Place, placesOf } from './place.ts';
import { type Relation, relationOf } from './relations.ts';
import { samplesMissed } from './samples.ts';
import { type Answer, type Furthest, walk } from './walk.ts';

export type { Closeness } from './evidence.ts';

/** A mistake that is behind a wrong gradient, or a plain relation to the right one. */
export interface Diagnosis {
  /** an id of the catalogue, a fitted factor, or a plain relation to the right gradient */
  readonly mistake: Named['mistake'] | Relation['relation'] | 'other-weights' | 'float32';
  readonly layer: number | null;
  /** the wrong tensors that it explains */
  readonly tensors: readonly string[];
  readonly explanation: string;
  /** what cannot be told from it here: at most three */
  readonly equals: readonly string[];
  /** the right line and the wrong one, as they stand in this network; of a mistake of the catalogue */
  readonly lines?: Lines;
}

/** What may be behind a wrong gradient. */
export interface Diagnosed {
  /** the mistakes of one answer, each with the tensors that it explains */
  readonly diagnosis: readonly Diagnosis[];
  /** the network of which it is the right gradient, or would be without the mistakes */
  readonly convention: Convention | null;
  /** where it must be, of wrong tensors that nothing else explains */
  readonly where: readonly Place[];
}

/** What a reference shows besides its gradients. */
export interface Shown {
  readonly logits?: Tensor | undefined;
  /** whether these are wrong: then the forward pass is, and no mistake of backprop has to be behind it */
  readonly wrongLogits?: boolean;
}

export const NOTHING: Diagnosed = { diagnosis: [], convention: null, where: [] };

/** How many mistakes at once are looked for. */
const MOST_MISTAKES = 3;
const MOST_EQUALS = 3;
/** How many mistakes are named where they explain the upper layers only. */
const MOST_IN_PART = 2;

/**
 * Says what is behind a wrong gradient. Is it the right one of another network? Which mistakes make it? And where
 * must it be, of what neither explains?
 *
 * @param right the right gradient, in fcnet's own layout
 * @param given the wrong one, tensor by tensor
 * @param wrong the names of the tensors that mismatch
 */
export function diagnose(
  pass: Pass,
  right: readonly Tensor[],
  given: readonly Tensor[],
  wrong: readonly string[],
  closeness: Closeness,
  shown: Shown = {},
): Diagnosed {
  const evidence = evidenceOf(pass, right, given, wrong, closeness);
  const seen = evidence.flatMap(({ dW, db }) => [...(dW ? [dW] : []), ...(db ? [db] : [])]);
  if (!seen.some(({ isWrong }) => isWrong)) return NOTHING;
  const convention = conventionOf(pass, evidence, shown.logits) ?? null;
  if (shown.wrongLogits) return convention === null ? forwardFirst(wrong) : { ...NOTHING, convention };
  const isOther = convention !== null && isOtherNetwork(convention);
  if (isOther) return { ...NOTHING, convention };

  const clipped = clippedEntries(seen);
  if (clipped !== undefined) return { ...NOTHING, where: [clipped] };
  const single = walk(pass, evidence, 1);
  if (single.answers.length > 0)
    return withNorm(named(pass, evidence, single.answers, convention), pass, seen);
  const relation = relationOfAll(pass, evidence);
  if (relation !== undefined) return withNorm({ diagnosis: [relation], convention, where: [] }, pass, seen);
  const several = convention === null ? walk(pass, evidence, MOST_MISTAKES) : single;
  if (several.answers.length > 0) return named(pass, evidence, several.answers, convention);
  if (convention !== null) return { ...NOTHING, convention };
  const network = otherNetworkWithMistake(pass, given, closeness, shown);
  if (network !== undefined) return network;
  const weights = otherWeights(pass, evidence);
  return weights === undefined
    ? unnamed(pass, evidence, several.furthest)
    : { ...NOTHING, diagnosis: [weights] };
}

/** The activation, output or loss is another: what is right for one network has no mistakes in another. */
const isOtherNetwork = ({ options: { activation, output, loss } }: Convention): boolean =>
  activation !== undefined || output !== undefined || loss !== undefined;

const forwardFirst = (wrong: readonly string[]): Diagnosed => ({
  ...NOTHING,
  where: [
    {
      tensors: wrong,
      explanation:
        'the logits differ, so the forward pass is not the same: look at that first, then at the gradient',
    },
  ],
});

function named(
  pass: Pass,
  evidence: readonly LayerEvidence[],
  answers: readonly Answer[],
  convention: Convention | null,
): Diagnosed {
  // A mistake in all layers first: a real bug usually sits in a loop.
  const all = answers.map((answer) => ({ answer, names: nameChoices(answer, pass) }));
  all.sort(
    (a, b) =>
      a.names.length - b.names.length ||
      plain(a.names) - plain(b.names) ||
      layered(a.names) - layered(b.names),
  );
  const [best, ...others] = all as [(typeof all)[number], ...typeof all];
  const diagnosis = best.names.map((name): Diagnosis => {
    const alike = [
      ...others.flatMap(({ names }) =>
        names.filter((other) => !best.names.some((own) => isSameName(own, other))),
      ),
    ]
      .filter((other) => best.names.length === 1 || other.choices[0]?.slot === name.choices[0]?.slot)
      .map(describe);
    const factors = name.choices.flatMap((choice) =>
      choice.slot === 'factor' ? alikeFactors(choice, pass).filter((id) => id !== name.mistake) : [],
    );
    const alone = name.alone === null ? [] : [describe({ ...name, layer: name.alone })];
    const equals = [...new Set([...factors, ...alone, ...alike])].slice(0, MOST_EQUALS);
    const equal = equals.length === 0 ? '' : ` (here the same as ${equals.join(', ')})`;
    return {
      mistake: name.mistake,
      layer: name.layer,
      tensors: tensorsOf(pass, evidence, best.answer, name.choices),
      explanation: `${name.explanation}${equal}`,
      equals,
      ...(name.lines === undefined ? {} : { lines: name.lines }),
    };
  });
  return { diagnosis, convention, where: [] };
}

/** How many are numbers without a name. */
const plain = (names: readonly Named[]): number =>
  names.filter(({ mistake }) => !(mistake in mistakes)).length;

const layered = (names: readonly Named[]): number => names.filter(({ layer }) => layer !== null).length;

const isSameName = (a: Named, b: Named): boolean => a.mistake === b.mistake && a.layer === b.layer;

/** `missing-slope at layer 1` */
export const describe = ({ mistake, layer }: { mistake: string; layer: number | null }): string =>
  layer === null ? mistake : `${mistake} at layer ${layer}`;

/** The wrong tensors that are others without some of an answer's choices. */
function tensorsOf(
  pass: Pass,
  evidence: readonly LayerEvidence[],
  { choices, gradient }: Answer,
  own: readonly Choice[],
): string[] {
  // Of one that has another shape nothing is known, unless a mistake in a bias gives it that length.
  const sizeOf = (name: string): number => gradient.find((tensor) => tensor.name === name)!.data.length;
  const wrong = evidence.flatMap(({ dW, db }) => [
    ...(dW?.isWrong && dW.fits ? [dW.name] : []),
    ...(db?.isWrong && db.given.data.length === sizeOf(db.name) ? [db.name] : []),
  ]);
  if (own.length === choices.length) return wrong;
  const without = backprop(
    pass,
    rulesOf(
      choices.filter((choice) => !own.includes(choice)),
      pass,
    ),
  );
  return wrong.filter((name) => {
    const [a, b] = [gradient, without].map((all) => all.find((tensor) => tensor.name === name)!.data) as [
      Float64Array,
      Float64Array,
    ];
    return a.length !== b.length || a.some((value, i) => Math.abs(value - b[i]!) > 1e-12 * Math.abs(value));
  });
}

/** A factor of the whole gradient that makes its norm a round number comes from clipping by the norm. */
function withNorm(found: Diagnosed, pass: Pass, seen: readonly Seen[]): Diagnosed {
  const [only, ...others] = found.diagnosis;
  const isWhole = seen.length === backprop(pass).length && seen.every(({ fits }) => fits);
  if (only?.mistake !== 'constant-factor' || others.length > 0 || !isWhole) return found;
  const norm = only.tensors.length === seen.length ? roundNorm(seen) : undefined;
  if (norm === undefined) return found;
  const explanation = `${only.explanation}, so that its norm is ${norm}, as clipping by the norm does`;
  return { ...found, diagnosis: [{ ...only, explanation }] };
}

/** A plain relation of all wrong tensors to the right ones. */
function relationOfAll(pass: Pass, evidence: readonly LayerEvidence[]): Diagnosis | undefined {
  const wrong = evidence.flatMap(({ dW, db }) => [dW, db].flatMap((one) => (one?.isWrong ? [one] : [])));
  const found = relationOf(wrong.map(pairOf), knownNumbers(pass));
  return (
    found && {
      mistake: found.relation,
      layer: null,
      tensors: wrong.map(({ name }) => name),
      explanation: found.explanation,
      equals: [],
    }
  );
}

type Seen = NonNullable<LayerEvidence['dW']>;

const pairOf = (one: Seen) => ({
  right: one.right,
  given: one.given,
  close: (a: number, b: number, i: number, scale: number): boolean =>
    Number.isFinite(b) && Math.abs(a - b) <= Math.max(1, scale) * one.tolerance(i, a, Math.abs(a)),
});

/** The gradient of another network, with one mistake in it. */
function otherNetworkWithMistake(
  pass: Pass,
  given: readonly Tensor[],
  closeness: Closeness,
  { logits }: Shown,
): Diagnosed | undefined {
  for (const { network, changed } of candidates(pass, logits).slice(1, 24)) {
    const other = forward(network);
    const right = backprop(other).filter(({ name }) => closeness.noise.has(name));
    const wrong = right.flatMap(({ name, data }) => {
      const theirs = given.find((tensor) => tensor.name === name);
      const agrees = theirs?.data.every(
        (r, i) =>
          Math.abs(r - data[i]!) <=
          1e-6 * Math.max(Math.abs(r), Math.abs(data[i]!)) + closeness.noise.get(name)![i]!,
      );
      return theirs !== undefined && agrees !== true ? [name] : [];
    });
    // Its last layer must be seen to be right: otherwise nearly any network would do.
    const L = other.steps.length;
    const evidence = evidenceOf(other, right, given, wrong, closeness);
    const last = evidence[L - 1]!;
    if (last.dW?.isWrong !== false) continue;
    const { answers } = walk(other, evidence, 1);
    if (answers.length === 0) continue;
    const agrees = given.reduce((sum, { name, data }) => sum + (wrong.includes(name) ? 0 : data.length), 0);
    return named(other, evidence, answers, { options: changed, agrees });
  }
  return undefined;
}

/**
 * What no answer explains as a whole: the mistakes of the layers that could be explained, from the output down; plain
 * relations of single tensors of the others, and the place.
 */
function unnamed(
  pass: Pass,
  evidence: readonly LayerEvidence[],
  { layer: lowest, choices }: Furthest,
): Diagnosed {
  const isExplained = (l: number): boolean => l >= lowest && distinct(choices) <= MOST_IN_PART;
  const answer = { choices, gradient: backprop(pass, rulesOf(choices, pass)) };
  const upper = evidence.map((seen, l) => (isExplained(l + 1) ? seen : {}) as LayerEvidence);
  const mistaken =
    isExplained(lowest) && choices.length > 0 ? named(pass, upper, [answer], null).diagnosis : [];
  const lower = evidence.filter((_, l) => mistaken.length === 0 || !isExplained(l + 1));
  const related = relationsOf(lower, knownNumbers(pass));
  const explained = [...mistaken, ...related].flatMap(({ tensors }) => tensors);
  const isLeft = (one: Seen | undefined): one is Seen =>
    one !== undefined && !explained.includes(one.name) && one.fits; // of another shape, it says nothing of the place
  const left = evidence.map(({ dW, db }) => ({
    dW: isLeft(dW) ? dW : undefined,
    db: isLeft(db) ? db : undefined,
  }));
  const samples = samplesMissed(pass, left);
  const told = samples.flatMap(({ tensors }) => tensors);
  const rest = left.map(({ dW, db }) => ({
    dW: dW && told.includes(dW.name) ? undefined : dW,
    db: db && told.includes(db.name) ? undefined : db,
  }));
  return {
    diagnosis: [...mistaken, ...related],
    convention: null,
    where: [...samples, ...placesOf(pass, rest, pass.steps.length + 1)],
  };
}

/** Plain relations of single tensors. Of a few numbers anything is a permutation. */
const relationsOf = (evidence: readonly LayerEvidence[], known: readonly KnownNumber[]): Diagnosis[] =>
  evidence.flatMap(({ dW, db }) =>
    [dW, db].flatMap((one): Diagnosis[] => {
      if (!one?.isWrong) return [];
      const found = relationOf([pairOf(one)], known);
      if (found === undefined || (one === db && found.relation === 'permuted-rows')) return [];
      const { relation, explanation } = found;
      const about = { layer: one.layer, tensors: [one.name], equals: [] };
      if (one === db && relation === 'zero')
        return [{ ...about, mistake: 'bias-zero', explanation: mistakes['bias-zero'].explanation }];
      return [{ ...about, mistake: relation, explanation }];
    }),
  );
