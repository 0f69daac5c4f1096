import type { Output } from '../core/objective.ts';
import { type Nested, readNested } from '../files/nested.ts';
import type { FileArray, FileStrings } from '../files/reading.ts';
import { textOfOutput } from './activations.ts';

/**
 * The arrays that a config is as a whole file of them: its numbers, and its conventions as strings, so that the file
 * says all that the config does.
 *
 * @param config as {@link writtenOut} gives it
 * @param dtype of its numbers but the labels, which are integers
 */
export function arraysOfConfig(
  config: Readonly<Record<string, unknown>>,
  dtype: 'float64' | 'float32',
): (FileArray | FileStrings)[] {
  return Object.entries(config).map(
    ([name, value]) => stringsOf(name, value) ?? numbersOf(name, value, dtype),
  );
}

/** A text, an activation, or a list of those: `relu`, `leaky-relu:0.2`. */
function stringsOf(name: string, value: unknown): FileStrings | undefined {
  if (isText(value)) return { name, shape: [], values: [textOfOutput(value)] };
  if (!Array.isArray(value) || value.length === 0 || !value.every(isText)) return undefined;
  return { name, shape: [value.length], values: value.map(textOfOutput) };
}

const isText = (value: unknown): value is Output =>
  typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value));

function numbersOf(name: string, value: unknown, dtype: 'float64' | 'float32'): FileArray {
  const { shape, data } = readNested(value, [name], () => {}) as Nested;
  const areLabels = name === 'y' && data.every(Number.isSafeInteger);
  return { name, shape, data, dtype: areLabels ? 'int64' : dtype };
}
