import { backprop } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import { largest } from '../core/matrix.ts';
import type { Tensor } from '../core/network.ts';
import { type MistakeId, mistakes } from '../mistakes/catalogue.ts';
import type { Mistake } from '../mistakes/mistake.ts';
import { type Lines, placeOf, written } from '../mistakes/writing.ts';
import { knownNumbers, nameNumber, shortest } from './numbers.ts';
import { type Choice, type FactorChoice, rulesOf } from './path.ts';
import type { Answer } from './walk.ts';

/** What a path through backprop did other than the right rules, by a name. */
export interface Named {
  readonly mistake: MistakeId | 'constant-factor' | 'gradient-factor' | 'reg-factor';
  readonly layer: number | null;
  readonly choices: readonly Choice[];
  readonly explanation: string;
  /** the right line and the wrong one; of a mistake of the catalogue */
  readonly lines: Lines | undefined;
  /** the only layer where it makes a difference, where it is named for all */
  readonly alone: number | null;
}

/**
 * The mistakes of a path, each with its layer, or with none where it is made in all layers that it can be made in: it
 * is, too, where it makes no difference in the others.
 */
export function nameChoices({ choices, gradient }: Answer, pass: Pass): Named[] {
  const single = choices.flatMap((choice) => nameOf(choice, pass).map((name) => ({ ...name, choice })));
  const keys = [...new Set(single.map(({ key }) => key))];
  return keys.flatMap((key) => {
    const alike = single.filter((one) => one.key === key);
    const layers = [...new Set(alike.map(({ layer }) => layer))].sort((a, b) => a - b);
    const {
      mistake,
      explanation,
      everywhere: ofAll = explanation,
      linesAt,
      possible,
      choice: first,
    } = alike[0]!;
    const of = (layer: number | null): Named => ({
      mistake,
      layer,
      explanation: layer === null ? ofAll : alike.find((one) => one.layer === layer)!.explanation,
      lines: linesAt?.(layer),
      alone: layer === null && layers.length === 1 ? layers[0]! : null,
      choices: alike.filter((one) => layer === null || one.layer === layer).map(({ choice }) => choice),
    });
    const others = possible.filter((l) => !layers.includes(l));
    if (possible.length < 2) return layers.map(of);
    if (others.length === 0) return [of(null)];
    const everywhere = [...choices, ...others.map((layer): Choice => ({ ...first, layer }))];
    return isSameGradient(backprop(pass, rulesOf(everywhere, pass)), gradient, pass)
      ? [of(null)]
      : layers.map(of);
  });
}

/** Whether two gradients are the same but for what is rounding beside the right one. */
function isSameGradient(a: readonly Tensor[], b: readonly Tensor[], pass: Pass): boolean {
  const right = backprop(pass);
  return a.every(({ data }, l) => {
    const other = b[l]!.data;
    const size = Math.max(largest(data), largest(right[l]!.data));
    return (
      data.length === other.length && data.every((value, i) => Math.abs(value - other[i]!) <= 1e-12 * size)
    );
  });
}

interface SingleName {
  readonly key: string;
  readonly mistake: Named['mistake'];
  readonly layer: number;
  readonly explanation: string;
  /** what is said where it is made in all layers */
  readonly everywhere?: string;
  /** what it computes, right and wrong, in a layer or in all */
  readonly linesAt?: (layer: number | null) => Lines;
  /** the layers in which it can be made */
  readonly possible: readonly number[];
}

function nameOf(choice: Choice, pass: Pass): SingleName[] {
  if (choice.slot === 'factor') return nameFactor(choice, pass);
  const { alternative, fitted } = choice;
  const note = [
    ...(alternative.note === '' ? [] : [alternative.note]),
    ...(fitted === undefined ? [] : [fitted]),
  ];
  return [fromCatalogue(alternative.id, choice.layer, pass, note.join(', '), alternative.wrong)];
}

function fromCatalogue(
  id: MistakeId,
  layer: number,
  pass: Pass,
  note = '',
  wrong = mistakes[id].wrong,
): SingleName {
  const mistake: Mistake = mistakes[id];
  const linesAt = (place: number | null): Lines =>
    written({ right: mistake.right, wrong }, placeOf(pass, place));
  const says = (place: number | null): string =>
    `${mistake.explanation}: ${linesAt(place).wrong.equation}${note === '' ? '' : ` (${note})`}`;
  return {
    key: `${id} ${note}`,
    mistake: id,
    layer,
    explanation: says(layer),
    everywhere: says(null),
    linesAt,
    possible: pass.steps.filter((step) => mistake.applies(step, pass)).map((step) => step.layer.number),
  };
}

/** A factor by the mistakes that make it, else as a number. */
function nameFactor(choice: FactorChoice, pass: Pass): SingleName[] {
  const { of, factor, layer } = choice;
  const L = pass.steps.length;
  const text = nameNumber(factor, knownNumbers(pass));
  const all = pass.steps.map((step) => step.layer.number);
  const plain = (mistake: Named['mistake'], explanation: string): SingleName[] => [
    { key: `${mistake} ${of} ${text}`, mistake, layer, explanation, possible: all },
  ];
  switch (of) {
    case 'error': {
      if (layer === L) {
        const names = outputFactors(factor, pass);
        if (names !== undefined)
          return names.map((id) => fromCatalogue(id, layer, pass, names.length > 1 ? text : ''));
        return plain('constant-factor', `the error of the output is ${text} times what it should be`);
      }
      if (near(factor, 1 / pass.network.X.cols) && pass.network.X.cols > 1)
        return [fromCatalogue('mean-again-on-the-way-down' as MistakeId, layer + 1, pass)];
      return plain(
        'constant-factor',
        `the error that comes down to layer ${layer} is ${text} times what it should be`,
      );
    }
    case 'data':
      return near(factor, 2)
        ? [fromCatalogue('scaled-input', layer, pass)]
        : plain('gradient-factor', `the data part of dW is ${text} times what it should be`);
    case 'dW':
      return plain(
        'gradient-factor',
        `dW as a whole, its penalty included, is ${text} times what it should be`,
      );
    case 'db':
      return near(factor, 1 / pass.network.X.cols) && pass.network.X.cols > 1
        ? [fromCatalogue('bias-mean', layer, pass)]
        : plain('gradient-factor', `db is ${text} times what it should be`);
    case 'penalty':
      return plain(
        'reg-factor',
        `the gradient of the penalty is ${text} times what it should be, as with λ = ${shortest(factor * pass.network.reg)}`,
      );
  }
}

/** The mistakes of the output error that a factor comes from: one, or two of them. */
function outputFactors(factor: number, pass: Pass): MistakeId[] | undefined {
  const { network } = pass;
  const [C, N] = [network.Y.rows, network.X.cols];
  const isSum = network.reduction === 'sum';
  const isSquared = network.loss === 'squared-error' || network.loss === 'half-squared-error';
  const single: [MistakeId, number][] = [
    ...(N > 1 ? ([['missing-mean', isSum ? 1 / N : N]] as [MistakeId, number][]) : []),
    ...(N > 1 && !isSum ? ([['double-mean', 1 / N]] as [MistakeId, number][]) : []),
    ['flipped-sign', -1],
    ...(isSquared
      ? ([
          ['error-factor-two', 2],
          ['error-half', 0.5],
        ] as [MistakeId, number][])
      : []),
    ...(C > 1 ? ([['mean-over-classes', 1 / C]] as [MistakeId, number][]) : []),
  ];
  const one = single.find(([, value]) => near(factor, value));
  if (one !== undefined) return [one[0]];
  for (const [i, [a, x]] of single.entries())
    for (const [b, y] of single.slice(i + 1)) if (near(factor, x * y)) return [a, b];
  return undefined;
}

/** All mistakes of the output error that make this very factor, where they cannot be told apart. */
export function alikeFactors(choice: FactorChoice, pass: Pass): MistakeId[] {
  if (choice.of !== 'error' || choice.layer !== pass.steps.length) return [];
  const { network } = pass;
  const [C, N] = [network.Y.rows, network.X.cols];
  const isSum = network.reduction === 'sum';
  const isSquared = network.loss === 'squared-error' || network.loss === 'half-squared-error';
  const all: [MistakeId, number, boolean][] = [
    ['missing-mean', isSum ? 1 / N : N, N > 1],
    ['double-mean', 1 / N, N > 1 && !isSum],
    ['mean-over-classes', 1 / C, C > 1],
    ['error-factor-two', 2, isSquared],
    ['error-half', 0.5, isSquared],
  ];
  return all.filter(([, value, may]) => may && near(choice.factor, value)).map(([id]) => id);
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.abs(b);
