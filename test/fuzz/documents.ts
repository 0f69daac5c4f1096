import fc from 'fast-check';
import { arraysOfConfig } from '../../src/config/as-arrays.ts';
import { parseConfig } from '../../src/config/config.ts';
import { writtenOut } from '../../src/config/written-out.ts';
import type { Layout } from '../../src/core/layout.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { TEXTBOOK } from '../../src/core/objective.ts';
import { writeNpz } from '../../src/files/write-npz.ts';
import { backprop } from '../../src/index.ts';
import { formatJson } from '../../src/report/json.ts';
import { npy, npyHeader, safetensors } from '../files/array-files.ts';
import { genericRecipes, networkOf, type Recipe, recipes } from '../networks.ts';

/** A network in all the ways that it can be given, and its gradients. */
export interface Documents {
  readonly config: Readonly<Record<string, unknown>>;
  readonly reference: Readonly<Record<string, unknown>>;
  readonly npz: Uint8Array;
  readonly safetensors: Uint8Array;
  readonly gradients: Uint8Array;
  /** W1 alone */
  readonly npy: Uint8Array;
}

const layouts = fc.record<Layout>({
  samples: fc.constantFrom('columns', 'rows'),
  weights: fc.constantFrom('out-in', 'in-out'),
  biases: fc.constantFrom('separate', 'none', 'first', 'last'),
});

/** Small networks, that a run may be short. */
const small = (recipe: Recipe): Recipe => ({
  ...recipe,
  widths: recipe.widths.slice(0, 3).map((width) => Math.min(width, 4)),
  N: Math.min(recipe.N, 4),
});

export const documents: fc.Arbitrary<Documents> = fc
  .record({ recipe: fc.oneof(genericRecipes, recipes), layout: layouts })
  .map(({ recipe, layout }) => documentsOf(small(recipe), layout));

function documentsOf(recipe: Recipe, layout: Layout): Documents {
  const { objective = TEXTBOOK, widths, softTargets } = recipe;
  const isOneUnit = widths.at(-1) === 1 && (objective.output === 'softmax' || objective.loss === 'hinge');
  const network = networkOf({
    ...recipe,
    biased: layout.biases !== 'none',
    // What has no loss of one unit gets another output.
    objective: isOneUnit ? { ...objective, output: 'sigmoid', loss: 'cross-entropy' } : objective,
  });
  const config = writtenOut({
    name: 'fuzzed',
    network,
    layout,
    labels: softTargets ? undefined : labelsOf(network.Y),
  });
  const problem = parseConfig(config);
  const result = backprop(problem);
  const text = formatJson(
    'backprop',
    [{ config: '', problem, outcome: { command: 'backprop', result } }],
    true,
  );
  const arrays = arraysOfConfig(config, 'float64');
  return {
    config,
    reference: JSON.parse(text),
    npz: writeNpz(arrays),
    safetensors: safetensorsOf(arrays.flatMap((array) => ('data' in array ? [array] : []))),
    gradients: writeNpz(result.gradients.map((gradient) => ({ ...gradient, dtype: 'float64' }))),
    npy: npyOf(problem.network.layers[0]!.W),
  };
}

/** The class of each sample, where each has one. */
function labelsOf({ rows, cols, data }: Matrix): number[] | undefined {
  const labels = Array.from({ length: cols }, (_, n) =>
    Array.from({ length: rows }, (_, k) => data[k * cols + n]).indexOf(1),
  );
  return rows === 1 || labels.includes(-1) ? undefined : labels;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

const npyOf = ({ rows, cols, data }: { rows: number; cols: number; data: Float64Array }): Uint8Array =>
  npy(npyHeader('<f8', `(${rows}, ${cols})`), bytesOf(data));

function safetensorsOf(
  arrays: readonly { name: string; shape: readonly number[]; data: Float64Array }[],
): Uint8Array {
  let end = 0;
  const header = arrays.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F64', shape, data_offsets: [begin, end] }];
  });
  return safetensors(Object.fromEntries(header), Buffer.concat(arrays.map(({ data }) => bytesOf(data))));
}
