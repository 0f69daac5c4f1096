import { isCanonical, type Layout } from '../core/layout.ts';
import type { BackwardStep } from '../mistakes/backward.ts';
import { drawTensor, drawTitle, formatShape } from './layout.ts';
import type { ReportOptions } from './style.ts';

/** The backward pass step by step: the equation, the same as a line of NumPy, the shape, the numbers. */
export function drawBackward(
  steps: readonly BackwardStep[],
  layout: Layout,
  options: ReportOptions,
): string[] {
  if (steps.length === 0) return [];
  const note = isCanonical(layout)
    ? 'from the output down'
    : 'from the output down; a sample a column, W as out × in, b beside it';
  const equations = steps.reduce((most, { equation }) => Math.max(most, equation.length), 0);
  const head = drawTitle('backward pass', note, options);
  const drawn = steps.map(({ equation, code, value }) => {
    const line = drawTitle(equation.padEnd(equations), `${formatShape(value.shape)}  ${code}`, options);
    return `${line}\n${drawTensor(value, options)}`;
  });
  return [head, ...drawn];
}
