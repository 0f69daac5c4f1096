import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writtenOut } from '../../src/config/written-out.ts';
import { CANONICAL, type Layout } from '../../src/core/layout.ts';
import type { Network } from '../../src/core/network.ts';
import { type GradientCheck, gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { judgeEntry, type TensorVerdict } from '../../src/gradcheck/verdict.ts';
import { judgeReference, type ReferenceVerdict } from '../../src/reference/judge.ts';
import { parseReference, type Reference } from '../../src/reference/reference.ts';

/** Someone who computes gradients. */
export interface Library {
  readonly name: string;
  /** the Python that has it */
  readonly python: string;
  /** what batch.py is asked for, such as `pytorch_net --threshold 20` */
  readonly twin: readonly string[];
}

export type Dtype = 'float64' | 'float32';

/** What a library answers to some networks, in one process. */
export function ask(
  { name, python, twin }: Library,
  dtype: Dtype,
  networks: readonly Network[],
): Reference[] {
  const batch = fileURLToPath(new URL('batch.py', import.meta.url));
  const configs = networks.map((network) =>
    JSON.stringify(
      writtenOut({ name: undefined, network, layout: layoutOf(network), labels: labelsOf(network) }),
    ),
  );
  const { status, stdout, stderr } = spawnSync(python, [batch, ...twin, '--dtype', dtype], {
    input: configs.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`batch.py failed: ${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== networks.length)
    throw new Error(`${lines.length} answers to ${networks.length} configs`);
  return lines.map((line) => parseReference(name, line));
}

const layoutOf = ({ biased }: Network): Layout => ({ ...CANONICAL, biases: biased ? 'separate' : 'none' });

/** The labels behind one-hot targets, as PyTorch has a loss of its own for them. */
function labelsOf({ Y, output }: Network): number[] | undefined {
  if (Y.rows === 1 && output !== 'softmax') return [...Y.data];
  if (!Y.data.every((t) => t === 0 || t === 1)) return undefined;
  const columns = Array.from({ length: Y.cols }, (_, n) =>
    Array.from({ length: Y.rows }, (_, k) => Y.data[k * Y.cols + n]!),
  );
  if (columns.some((column) => column.filter((t) => t === 1).length !== 1)) return undefined;
  return columns.map((column) => column.indexOf(1));
}

/** The right gradient, to judge others by; nothing is measured numerically. */
export const analytic = (network: Network): GradientCheck => gradcheck(network, { sample: 0 });

export const judge = (reference: Reference, check: GradientCheck): ReferenceVerdict =>
  judgeReference(reference, check, CANONICAL);

/** What disagrees: tensors, logits, parts of the loss. */
export const refused = ({ tensors, logits, loss }: ReferenceVerdict): string[] => [
  ...[...tensors, ...(logits ? [logits] : [])]
    .filter(({ mismatched }) => mismatched > 0)
    .map(({ name }) => name),
  ...(loss?.parts ?? []).filter(({ verdict }) => verdict === 'mismatch').map(({ part }) => `loss.${part}`),
];

/** The entry of the largest absolute value. */
export const largestEntry = (data: Float64Array): number =>
  data.reduce((best, value, i) => (Math.abs(value) > Math.abs(data[best]!) ? i : best), 0);

/** 10⁻⁷ … 10⁻¹ in quarters of a decade. */
export const PLANTED = Array.from({ length: 25 }, (_, i) => 10 ** (-7 + i / 4));

/**
 * The smallest relative error, of those planted into an entry of a reference, that would be refused.
 *
 * @returns undefined where none would
 */
export function smallestCaught(
  { allowed }: TensorVerdict,
  i: number,
  ours: number,
  theirs: number,
): number | undefined {
  return PLANTED.find((size) => judgeEntry(ours, theirs * (1 + size), allowed[i]!, 0) === 'mismatch');
}
