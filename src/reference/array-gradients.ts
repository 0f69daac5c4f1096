import type { Layout } from '../core/layout.ts';
import { describe } from '../files/describe.ts';
import { InputError } from '../files/errors.ts';
import { isGradientName, kindOfName, lossNameIn } from '../files/names.ts';
import type { ArrayFile, FileArray } from '../files/reading.ts';
import { isRate, LAYOUT_KEYS, LEARNING_RATES, layoutProblem } from './beside.ts';
import { PRECISIONS, type Precision } from './precision.ts';
import type { Read } from './reference.ts';

// A reference that is a file of arrays: .npz, .safetensors.

/** Reads the gradients of a file of arrays, its numbers and its strings by the names that a JSON reference has for them. */
export function readArrays(file: string, arrays: ArrayFile): Read {
  if (arrays.names.includes(''))
    throw InputError.ofFile(
      file,
      'expected the gradients dW1, db1, … by name, as np.savez(file, dW1=…, db1=…) saves them; found one array without a name',
    );
  const texts = textsOf(arrays);
  const read = arrays.names.filter((name) => !texts.has(name)).map((name) => arrays.read(name));
  const find = (name: string): FileArray | undefined => read.find((array) => array.name === name);
  const rate = LEARNING_RATES.map(find).find((array) => array !== undefined);
  const learningRate = rate && numberOf(file, rate);
  if (rate && !isRate(learningRate))
    throw InputError.ofFile(file, `${rate.name}: expected a number above 0, found ${learningRate}`);
  const lossName = lossNameIn(arrays.names, (name) => find(name)?.data.length === 1);
  const [loss, logits] = [find(lossName), find('logits')];
  const tensors = read.filter((array) => mayBeGradient(array) && ![loss, logits, rate].includes(array));
  if (tensors.length === 0 && loss === undefined && logits === undefined)
    throw InputError.ofFile(file, 'expected the gradients dW1, db1, …; found none');
  if (find('X') && find('W1') && !tensors.some(({ name }) => isGradientName(name)) && rate === undefined)
    throw InputError.ofFile(file, 'this is a config, not a reference');
  return {
    dtype:
      saidDtype(file, texts) ??
      PRECISIONS.findLast((precision) => tensors.some((tensor) => tensor.dtype === precision)),
    tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data })),
    loss: loss && { total: numberOf(file, loss) },
    lossName,
    logits,
    layout: layoutOf(file, texts),
    learningRate,
  };
}

/** The strings of a file, those of its arrays and of its metadata; of several in an array the first. */
function textsOf(arrays: ArrayFile): Map<string, string> {
  const names = [...arrays.names, ...arrays.metadata];
  return new Map(
    names.flatMap((name) => {
      const strings = arrays.readStrings(name);
      return strings === undefined ? [] : [[name, strings.values[0] ?? '']];
    }),
  );
}

/** A single number is none, unless its name says so: it is a seed, a penalty. */
const mayBeGradient = ({ name, shape }: FileArray): boolean =>
  shape.length > 0 || (kindOfName(name) !== undefined && /\d/.test(name));

function numberOf(file: string, { name, data }: FileArray): number {
  const [value, ...more] = data;
  if (value !== undefined && more.length === 0) return value;
  throw InputError.ofFile(file, `${name}: expected one number, found ${data.length}`);
}

/** A file may hold numbers in another format than that in which they were computed. */
function saidDtype(file: string, texts: ReadonlyMap<string, string>): Precision | undefined {
  const said = texts.get('dtype');
  const known = PRECISIONS.find((precision) => precision === said);
  if (said !== undefined && known === undefined)
    throw InputError.ofFile(file, `dtype: expected one of ${PRECISIONS.join(', ')}; found ${describe(said)}`);
  return known;
}

function layoutOf(file: string, texts: ReadonlyMap<string, string>): Partial<Layout> {
  const said = LAYOUT_KEYS.filter((key) => texts.has(key)).map((key) => [key, texts.get(key)] as const);
  for (const [key, value] of said) {
    const problem = layoutProblem(key, value);
    if (problem !== undefined) throw InputError.ofFile(file, `${key}: ${problem}`);
  }
  return Object.fromEntries(said);
}
