import { describeActivation } from '../core/activations.ts';
import type { Loss } from '../core/loss.ts';
import type { Network } from '../core/network.ts';
import type { LossName, Output, Penalty, Reduction } from '../core/objective.ts';
import { wrap } from './layout.ts';
import { formatColumn, formatNumber } from './numbers.ts';
import type { ReportOptions } from './style.ts';

// What a network is, in words.

/** `3 → 4 sigmoid → 5 softmax · cross-entropy · mean · N = 2 · λ = 0.5` */
export function drawHeader(title: string, network: Network, { style, width }: ReportOptions): string {
  const layers = network.layers.map(
    ({ W, activation }) => `${W.rows} ${describeOutput(activation ?? network.output)}`,
  );
  const facts = [
    [network.X.rows, ...layers].join(' → '),
    describeLoss(network),
    REDUCTIONS[network.reduction],
    `N = ${network.X.cols}`,
    `λ = ${network.reg}`,
    ...(network.biased ? [] : ['no biases']),
  ];
  const [first, ...rest] = wrap(facts.join(' · '), width, '  ', `${title}  `).split('\n') as [
    string,
    ...string[],
  ];
  return [
    style.heading(title) + style.dim(first.slice(title.length)),
    ...rest.map((line) => style.dim(line)),
  ].join('\n');
}

/** A note with less room beside its number stands below. */
const LEAST_NOTE = 20;

/** The loss and its parts. */
export function drawLoss(
  { data, regularization, total, weightNorms }: Loss,
  network: Network,
  { digits, style, width: columns }: ReportOptions,
): string {
  const [d, r, t] = formatColumn([data, regularization, total], Math.max(digits, 8)) as [
    string,
    string,
    string,
  ];
  const norms = weightNorms.map((norm, l) => `‖W${l + 1}‖² = ${formatNumber(norm, digits)}`).join(', ');
  const width = Math.max(d.length, r.length, t.length);
  const line = (name: string, value: string, note: string): string => {
    const head = `  ${name.padEnd(16)}${value.padStart(width)}  `;
    if (columns - head.length < LEAST_NOTE) {
      const below = wrap(note, columns, '    ', '    ').split('\n');
      return [head, ...below.map((text) => style.dim(text))]
        .map((text) => text.trimEnd())
        .join('\n')
        .trimEnd();
    }
    const [first, ...rest] = wrap(note, columns, ' '.repeat(head.length), head).split('\n') as [
      string,
      ...string[],
    ];
    return [head + style.dim(first.slice(head.length)), ...rest.map((text) => style.dim(text))].join('\n');
  };
  const unit = network.loss === 'cross-entropy' ? ' in nats' : '';
  const reduced = `${REDUCTIONS[network.reduction]} of the ${describeLoss(network)}`;
  return [
    style.heading('loss'),
    line(
      'data',
      d,
      network.reduction === 'mean' ? `mean ${describeLoss(network)}${unit}` : `${reduced}${unit}`,
    ),
    line('regularization', r, `${PENALTIES[network.penalty]}, with ${norms}`),
    line('total', t, ''),
  ]
    .map((text) => text.trimEnd())
    .join('\n');
}

/** What the logits are, beside their name. */
export const describeLogits = ({ output }: Network): string =>
  output === 'identity' ? 'z of the last layer' : `z before ${describeOutput(output)}`;

/** What the outputs are, beside their name. */
export const describeOutputs = ({ output }: Network): string =>
  output === 'identity' ? 'z itself' : `${describeOutput(output)}(z)`;

const describeOutput = (output: Output): string =>
  output === 'softmax' ? output : describeActivation(output);

const describeLoss = ({ loss, output }: Pick<Network, 'loss' | 'output'>): string =>
  loss === 'cross-entropy' && output === 'sigmoid' ? 'binary cross-entropy' : LOSSES[loss];

const LOSSES: Readonly<Record<LossName, string>> = {
  'cross-entropy': 'cross-entropy',
  'squared-error': 'squared error',
  'half-squared-error': 'half squared error',
  hinge: 'hinge',
};

const REDUCTIONS: Readonly<Record<Reduction, string>> = {
  mean: 'mean',
  sum: 'sum',
  'mean-of-entries': 'mean of entries',
};

const PENALTIES: Readonly<Record<Penalty, string>> = {
  half: '½λ Σ‖W‖²',
  full: 'λ Σ‖W‖²',
  'half-over-n': '(λ/2N) Σ‖W‖²',
};
