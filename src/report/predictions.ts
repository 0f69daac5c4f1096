import type { Predictions } from '../core/accuracy.ts';
import type { Forward } from '../core/results.ts';
import { drawTable, wrap } from './layout.ts';
import type { ReportOptions } from './style.ts';

/** So many samples are listed; of more only those that are wrong. */
const LISTED = 10;

/** `149 of 150 (99.3%)` */
export const shareOf = ({ right, samples }: Pick<Predictions, 'right' | 'samples'>): string =>
  `${right} of ${samples} (${((100 * right) / samples).toFixed(1)}%)`;

/** How many samples are put in their class, and which are not. */
export function drawPredictions(
  { predictions }: Forward,
  { style, full, width }: Pick<ReportOptions, 'style' | 'full' | 'width'>,
): string[] {
  if (predictions === null) return [];
  const { samples, predicted, labels } = predictions;
  const all = [...labels.keys()];
  const listed = samples <= LISTED ? all : all.filter((n) => predicted[n] !== labels[n]);
  const shown = full ? listed : listed.slice(0, LISTED);
  const head = `${style.heading('right')}  ${shareOf(predictions)}`;
  if (shown.length === 0) return [head];
  const rows = shown.map((n) => [
    style.dim(`${n}`),
    `${predicted[n]}`,
    predicted[n] === labels[n] ? style.good(`✔ ${labels[n]}`) : style.bad(`✖ ${labels[n]}`),
  ]);
  const left = listed.length - shown.length;
  return [
    [
      head,
      drawTable(['sample', 'predicted', 'label'], rows, style),
      ...(left > 0
        ? [style.dim(wrap(`and ${left} more that are wrong (--full lists them)`, width, '  '))]
        : []),
    ].join('\n'),
  ];
}
