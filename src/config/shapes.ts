import type { Layout } from '../core/layout.ts';
import type { Find } from '../files/errors.ts';
import { type Given, shapesOf } from './given.ts';
import { fits, isFolded, kindOfY, layoutHint, sizesOfX, unitsOf } from './layout.ts';

interface Size {
  readonly rows: number;
  readonly cols: number;
}

/** The sizes of a network: inputs, samples, and the units of each layer, of which the last are the classes. */
interface Sizes {
  readonly D: number;
  readonly N: number;
  readonly H: readonly number[];
}

/**
 * Checks that the shapes of a config's arrays fit one another.
 *
 * Each array that does not is named, with what it was expected to be; the first one in the config also with what to
 * add if all of them fit another layout.
 *
 * @param keys the keys of the config in their order
 * @returns whether they fit another layout, so that no more can be told of what they hold
 */
export function checkShapes(given: Given, layout: Layout, keys: readonly string[], find: Find): boolean {
  const shapes = shapesOf(given);
  if (fits(shapes, layout)) return false;
  const findings: { key: string; message: string }[] = [];
  const note = (key: string, message: string): void => void findings.push({ key, message });
  const { D, N } = sizesOfX(given.X, layout);
  const H = layerSizes(given, layout);
  const inputs = unitsOf(given.W[0]!, layout).inputs;
  noteWeights(given, { D, N, H }, layout, note);
  const samplesOfY = noteTargets(shapes.y, { D, N, H }, inputs === D, layout, note);
  if (inputs > 0) noteInputs(given.X, inputs, samplesOfY, layout, note);
  const order = new Map(keys.map((key, i) => [key, i]));
  findings.sort((a, b) => order.get(a.key)! - order.get(b.key)!);
  const hint = layoutHint(shapes, layout);
  for (const [i, { key, message }] of findings.entries()) find([key], `${message}${i === 0 ? hint : ''}`);
  return hint !== '';
}

/** H₁ … H_L; a bias has one length only: where there is one, it says how many units the layer has. */
export const layerSizes = ({ W, b }: Given, layout: Layout): number[] =>
  W.map((size, l) => b[l]?.length ?? unitsOf(size, layout).units);

type Note = (key: string, message: string) => void;

function noteWeights({ W, b }: Given, { D, H }: Sizes, layout: Layout, note: Note): void {
  const outIn = layout.weights === 'out-in';
  const bias = isFolded(layout) ? 1 : 0;
  for (const [l, size] of W.entries()) {
    const { units, inputs } = unitsOf(size, layout);
    const below = l === 0 ? undefined : H[l - 1]!; // the first layer takes whatever X has
    if (units === H[l] && (below === undefined ? inputs > 0 : inputs === below)) continue;
    const width = (below ?? D) + bias;
    const [rows, cols] = outIn ? [H[l]!, width] : [width, H[l]!];
    const known = outIn ? count(H[l]!, 'row') : count(H[l]!, 'column');
    const expected = below === undefined && bias === 0 ? known : `${rows} × ${cols}`;
    const reasons = [
      ...(b[l] === undefined ? [] : [`b${l + 1} has ${H[l]}`]),
      ...(below === undefined
        ? []
        : [b[l - 1] === undefined ? `W${l} has ${count(below, 'unit')}` : `b${l} has ${below}`]),
      ...(bias === 0 ? [] : ['the bias is one more input']),
    ];
    const turned = below !== undefined && size.rows === cols && size.cols === rows ? ', its transpose' : '';
    note(`W${l + 1}`, `expected ${expected}, since ${reasons.join(' and ')}; found ${sizeOf(size)}${turned}`);
  }
}

/** How many samples y has, where that can be told; where it cannot, y itself is wrong. */
function noteTargets(
  shape: readonly number[],
  { N, H }: Sizes,
  knowsN: boolean,
  layout: Layout,
  note: Note,
): number | undefined {
  const C = H.at(-1)!;
  const [rows = 0, cols] = shape;
  if (cols === undefined) return rows;
  if (kindOfY(shape, { C, N }, layout) !== undefined) return N;
  const [classes, samples] = layout.samples === 'rows' ? [cols, rows] : [rows, cols];
  if (classes === C) return samples;
  const sized = (n: number | 'N'): string => (layout.samples === 'rows' ? `${n} × ${C}` : `${C} × ${n}`);
  const labels = C === 1 ? '' : `${knowsN ? count(N, 'class label') : 'class labels'}, or `;
  const turned = classes === N && samples === C ? ', their transpose' : '';
  note(
    'y',
    `expected ${labels}targets that are ${sized(knowsN ? N : 'N')}; found ${rows} × ${cols}${turned}`,
  );
  return undefined;
}

function noteInputs(
  X: Size,
  inputs: number,
  samplesOfY: number | undefined,
  layout: Layout,
  note: Note,
): void {
  const { D, N } = sizesOfX(X, layout);
  if (D === inputs && (samplesOfY ?? N) === N) return;
  const samples = samplesOfY ?? N;
  const [rows, cols] = layout.samples === 'rows' ? [samples, inputs] : [inputs, samples];
  const why = samplesOfY === undefined ? '' : ` and y has ${count(samplesOfY, 'sample')}`;
  const turned = X.rows === cols && X.cols === rows ? ', its transpose' : '';
  note(
    'X',
    `expected ${rows} × ${cols}, since W1 takes ${count(inputs, 'input')}${why}; found ${sizeOf(X)}${turned}`,
  );
}

const sizeOf = ({ rows, cols }: Size): string => `${rows} × ${cols}`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
