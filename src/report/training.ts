import type { Training } from '../train.ts';
import { wrap } from './layout.ts';
import { drawHeader, drawLoss } from './network.ts';
import { formatColumn, formatNumber } from './numbers.ts';
import { shareOf } from './predictions.ts';
import type { ReportOptions } from './style.ts';

/** The loss as a curve, what was reached, and what to change where a step went uphill. */
export function drawTraining(
  title: string,
  result: Training,
  options: Pick<ReportOptions, 'style' | 'width' | 'digits'>,
): string {
  const { style, width, digits } = options;
  const { problem, learningRate, iterations, losses, accuracy } = result;
  const steps = iterations === 1 ? '1 step' : `${iterations} steps`;
  return [
    drawHeader(title, problem.network, options as ReportOptions),
    wrap(
      `${steps} of full-batch gradient descent  ${style.dim(`θ ← θ − η ∂J/∂θ, η = ${learningRate}`)}`,
      width,
      '  ',
    ),
    drawCurve(losses, { width: Math.min(width, 80), digits }),
    drawLoss(result.loss, problem.network, options as ReportOptions),
    ...(accuracy === null
      ? []
      : [
          wrap(
            `${style.heading('right')}  ${shareOf(accuracy.after)}, ${shareOf(accuracy.before)} before`,
            width,
            '       ',
          ),
        ]),
    ...sayRises(result, options),
  ].join('\n\n');
}

function sayRises(
  { rises, losses, iterations }: Training,
  { style, width, digits }: Pick<ReportOptions, 'style' | 'width' | 'digits'>,
): string[] {
  const [first] = rises;
  if (first === undefined) return [];
  const [from, to] = formatColumn([losses[first - 1]!, losses[first]!], digits) as [string, string];
  const which =
    rises.length === 1
      ? `step ${first} of ${iterations}`
      : `${rises.length} of ${iterations} steps, first step ${first}`;
  const text = `the loss rose at ${which}: ${from} → ${to}; a smaller --learning-rate may help`;
  return [style.open(wrap(text, width, '  ', '! '))];
}

const HEIGHT = 8;
const BLOCKS = ' ▁▂▃▄▅▆▇█';

/** The losses as columns of blocks over the steps: `HEIGHT` lines, with the largest and the smallest beside them. */
export function drawCurve(
  losses: readonly number[],
  { width, digits }: { readonly width: number; readonly digits: number },
): string {
  const most = losses.reduce((a, b) => Math.max(a, b));
  const least = losses.reduce((a, b) => Math.min(a, b));
  const labels = [most, least].map((value) => formatNumber(value, Math.min(digits, 4)));
  const margin = Math.max(...labels.map((label) => label.length));
  const columns = Math.max(1, Math.min(losses.length, width - margin - 2));
  const heights = Array.from({ length: columns }, (_, c) => {
    const value =
      losses[columns === 1 ? losses.length - 1 : Math.round((c * (losses.length - 1)) / (columns - 1))]!;
    const share = most > least ? (value - least) / (most - least) : 1;
    return 1 + Math.round(share * (8 * HEIGHT - 1)); // in eighths of a line; the least can be seen, too
  });
  const lines = Array.from({ length: HEIGHT }, (_, row) => {
    const floor = 8 * (HEIGHT - 1 - row);
    const bars = heights.map((height) => BLOCKS[Math.min(8, Math.max(0, height - floor))]).join('');
    const label = row === 0 ? labels[0]! : row === HEIGHT - 1 ? labels[1]! : '';
    return `${label.padStart(margin)} ${label === '' ? '│' : '┤'}${bars.trimEnd()}`;
  });
  const last = `${losses.length - 1}`;
  const axis = `${' '.repeat(margin)} └${'─'.repeat(columns)}`;
  const ends = `${' '.repeat(margin + 2)}0${last.padStart(Math.max(columns - 1, last.length + 1))}`;
  return [...lines, axis, losses.length > 1 ? ends : ''].join('\n').trimEnd();
}
