import type { Pass } from '../core/forward.ts';
import { loss } from '../core/loss.ts';
import { squaredNorm } from '../core/matrix.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import type { Place } from './place.ts';

/** A loss as a reference has it, the parts that it gives. */
export type LossParts = Readonly<Partial<Record<'data' | 'regularization' | 'total', number>>>;

const TOLERANCE = 1e-6;
const same = (a: number, b: number): boolean =>
  Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));

/** What the data loss may be instead, with its value. */
interface Guess {
  readonly value: number;
  readonly text: string;
}

/**
 * Says what a wrong loss is: the data loss times something, a logarithm that was kept from 0, the penalty of one
 * layer, another λ. At most one answer.
 *
 * @param wrong the parts that disagree
 */
export function explainLoss(pass: Pass, theirs: LossParts, wrong: readonly (keyof LossParts)[]): Place[] {
  const datas = dataGuesses(pass);
  const penalties = penaltyGuesses(pass);
  const find = (guesses: readonly Guess[], value: number): Guess | undefined =>
    guesses.find((guess) => same(guess.value, value));
  const say = (text: string): Place[] => [{ tensors: ['loss'], explanation: `the loss differs: ${text}` }];

  if (wrong.includes('data') && theirs.data !== undefined) {
    const guess = find(datas, theirs.data);
    if (guess !== undefined) return say(`its data part is ${guess.text}`);
  }
  if (wrong.includes('regularization') && theirs.regularization !== undefined) {
    const guess = find(penalties, theirs.regularization);
    if (guess !== undefined) return say(`its penalty is ${guess.text}`);
  }
  if (!wrong.includes('total') || theirs.total === undefined) return [];
  const { data, regularization } = loss(pass);
  const right = { data: { value: data, text: '' }, penalty: { value: regularization, text: '' } };
  // One part that is another, then both.
  for (const [ofData, ofPenalty] of [
    [[right.data], penalties],
    [datas, [right.penalty]],
    [datas, penalties],
  ] as const) {
    for (const d of ofData) {
      const p = ofPenalty.find(({ value }) => same(d.value + value, theirs.total!));
      if (p === undefined) continue;
      const parts = [
        ...(d.text === '' ? [] : [`its data part is ${d.text}`]),
        ...(p.text === '' ? [] : [`its penalty is ${p.text}`]),
      ];
      if (parts.length > 0) return say(parts.join(', and '));
    }
  }
  return [];
}

function dataGuesses(pass: Pass): Guess[] {
  const { network } = pass;
  const { data } = loss(pass);
  const [C, N] = [network.Y.rows, network.X.cols];
  const factors: [number, string][] = [
    [N, 'N times ours, as a sum over the samples is beside their mean'],
    [1 / N, '1/N of ours'],
    [1 / C, '1/C of ours, as a mean over the outputs, too'],
    [2, 'twice ours'],
    [0.5, 'half of ours'],
    [-1, 'ours with the opposite sign'],
    [Math.LOG2E, 'in bits instead of nats (log₂)'],
  ];
  const scaled = factors
    .filter(([factor]) => factor !== 1)
    .map(([factor, text]) => ({ value: factor * data, text }));
  return [...scaled, ...keptFromZero(pass)];
}

/** −Σ t log(ŷ + ε), for the ε that people add. */
function keptFromZero({ network, outputs }: Pass): Guess[] {
  if (network.loss !== 'cross-entropy') return [];
  const divisor = divisorOf(network);
  return Array.from({ length: 14 }, (_, i) => -3 - i).map((power) => {
    const epsilon = 10 ** power;
    let total = 0;
    outputs.data.forEach((y, i) => {
      const t = network.Y.data[i]!;
      if (t !== 0) total -= t * Math.log(y + epsilon);
      if (network.output === 'sigmoid' && t !== 1) total -= (1 - t) * Math.log(1 - y + epsilon);
    });
    return { value: total / divisor, text: `that of log(ŷ + ε) with ε = 1e${power}` };
  });
}

function penaltyGuesses(pass: Pass): Guess[] {
  const { network } = pass;
  const { regularization } = loss(pass);
  if (regularization === 0) return [];
  const lambda = penaltyFactor(network);
  const N = network.X.cols;
  const scaled: Guess[] = [
    { value: 0, text: 'left out' },
    { value: 2 * regularization, text: 'twice ours: the ½ is left out' },
    { value: regularization / 2, text: 'half of ours' },
    { value: regularization / N, text: '1/N of ours' },
    { value: N * regularization, text: 'N times ours' },
    { value: -regularization, text: 'ours with the opposite sign' },
  ];
  const norms = network.layers.map(({ W }) => 0.5 * lambda * squaredNorm(W));
  const b = network.layers.reduce(
    (sum, { b }) => sum + b.reduce((total, value) => total + value * value, 0),
    0,
  );
  const L = norms.length;
  return [
    ...scaled,
    ...(L > 1 ? norms.map((value, l) => ({ value, text: `that of W${l + 1} alone` })) : []),
    ...(L > 2
      ? norms.map((value, l) => ({ value: regularization - value, text: `without that of W${l + 1}` }))
      : []),
    ...(b > 0 ? [{ value: regularization + 0.5 * lambda * b, text: 'that of the biases, too' }] : []),
    {
      value: 0.5 * lambda * Math.sqrt((2 * regularization) / lambda),
      text: 'of the norm, not of its square',
    },
  ];
}
