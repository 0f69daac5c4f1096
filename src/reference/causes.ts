import { backprop } from '../core/backprop.ts';
import { type Layout, nameIn, takeUp } from '../core/layout.ts';
import type { Tensor } from '../core/network.ts';
import { type Diagnosed, type Diagnosis, diagnose, type Shown } from '../diagnosis/diagnosis.ts';
import { patternOf } from '../diagnosis/pattern.ts';
import type { Place } from '../diagnosis/place.ts';
import type { GradientCheck } from '../gradcheck/gradcheck.ts';
import type { Allowance } from './allowance.ts';
import type { ReferenceTensor } from './judge.ts';
import { reshape } from './shapes.ts';

/**
 * What is behind a reference that disagrees, in the layout of the config.
 *
 * @param given all its tensors
 * @param wrong those that mismatch
 */
export function causesOf(
  given: readonly Tensor[],
  wrong: readonly ReferenceTensor[],
  check: GradientCheck,
  allowance: Allowance,
  layout: Layout,
  shown: Shown,
): Diagnosed {
  const shapes = new Map(check.tensors.map(({ name, shape }) => [name, shape]));
  const right = backprop(check.pass).filter(({ name }) => shapes.has(nameIn(layout, name)));
  const theirs = given.flatMap((tensor) => {
    const shape = shapes.get(tensor.name);
    return shape === undefined ? [] : takeUp([reshape(tensor, shape) ?? tensor], layout);
  });
  const noise = new Map(
    [...allowance.noiseOfGradients()].filter(([name]) => right.some((tensor) => tensor.name === name)),
  );
  const closeness = { rtol: allowance.rtol, atol: allowance.atol, noise };
  const found = diagnose(check.pass, right, theirs, wrongParts(wrong, check, layout), closeness, shown);
  const whole = [...found.diagnosis, ...found.where.filter(({ isWhole }) => isWhole)];
  const explained = whole.flatMap(({ tensors }) => namesIn(layout, tensors));
  return {
    ...found,
    diagnosis: found.diagnosis.map((one) =>
      turned({ ...one, tensors: namesIn(layout, one.tensors) }, layout),
    ),
    where: [
      ...(shown.wrongLogits || found.convention !== null ? [] : patternsOf(wrong, check, explained)),
      ...found.where.map((one) => ({ ...one, tensors: namesIn(layout, one.tensors) })),
    ],
  };
}

/** What of the wrong tensors that nothing explains has a pattern, as the config's own lie. */
function patternsOf(
  wrong: readonly ReferenceTensor[],
  check: GradientCheck,
  explained: readonly string[],
): Place[] {
  return wrong.flatMap(({ name, verdict, reference }) => {
    if (verdict === null || explained.includes(name)) return [];
    const { analytic } = check.tensors.find((tensor) => tensor.name === name)!;
    const { verdicts, allowed, shape } = verdict;
    const isWrong = verdicts.map((entry) => entry === 'mismatch');
    const tensor = { name, shape, right: analytic, given: reference!.data, wrong: isWrong, allowed };
    const explanation = patternOf(tensor);
    return explanation === undefined ? [] : [{ tensors: [name], explanation }];
  });
}

/** The tensors that mismatch by their own names: of dW2 with its biases, dW2, db2 or both. */
function wrongParts(wrong: readonly ReferenceTensor[], check: GradientCheck, layout: Layout): string[] {
  return wrong.flatMap(({ name, verdict }) => {
    if (verdict === null) {
      const all = backprop(check.pass).map((tensor) => tensor.name);
      return all.filter((own) => nameIn(layout, own) === name);
    }
    const mask = Float64Array.from(verdict.verdicts, (entry) => (entry === 'mismatch' ? 1 : 0));
    const parts = takeUp([{ name, shape: verdict.shape, data: mask }], layout);
    return parts.flatMap((part) => (part.data.includes(1) ? [part.name] : []));
  });
}

const namesIn = (layout: Layout, names: readonly string[]): string[] => [
  ...new Set(names.map((name) => nameIn(layout, name))),
];

/** What are rows to fcnet are columns to one whose weights lie in-out. */
function turned(found: Diagnosis, { weights }: Layout): Diagnosis {
  if (weights === 'out-in') return found;
  const { mistake, explanation } = found;
  if (mistake === 'permuted-rows')
    return { ...found, mistake: 'permuted-columns', explanation: explanation.replace('rows', 'columns') };
  if (mistake === 'permuted-columns')
    return { ...found, mistake: 'permuted-rows', explanation: explanation.replace('columns', 'rows') };
  return found;
}
