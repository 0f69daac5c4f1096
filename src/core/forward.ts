import { activationOf } from './activations.ts';
import { lossOf } from './losses/losses.ts';
import type { Batch } from './losses/sample-loss.ts';
import { affine, largest, type Matrix, mapAll, matrix } from './matrix.ts';
import type { Layer, Network } from './network.ts';

/** What layer l computed. */
export interface Step {
  readonly layer: Layer;
  /** aˡ⁻¹, Hₗ₋₁ × N */
  readonly input: Matrix;
  /** zˡ = Wˡ aˡ⁻¹ + bˡ, Hₗ × N */
  readonly z: Matrix;
  /** aˡ = φₗ(zˡ), Hₗ × N; zˡ itself in the last layer */
  readonly a: Matrix;
  /** φₗ′(zˡ), where the pass was to take it along */
  readonly slope?: Matrix;
}

/** All that backprop needs to know of a forward pass. */
export interface Pass {
  readonly network: Network;
  /** layer by layer, the first one first */
  readonly steps: readonly Step[];
  /** z^L, C × N */
  readonly logits: Matrix;
  /** ŷ = output(z^L), C × N */
  readonly outputs: Matrix;
}

/**
 * The forward pass: a⁰ = X, zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = φₗ(zˡ), logits = z^L, ŷ = output(z^L).
 *
 * @param slopes whether to take φₗ′(zˡ) along, which with some φ costs less than to take it later
 */
export function forward(network: Network, { slopes = false }: { readonly slopes?: boolean } = {}): Pass {
  const steps: Step[] = [];
  let a = network.X;
  for (const layer of network.layers) {
    const input = a;
    const z = affine(layer.W, input, layer.b);
    const step = { layer, input, z, ...activated(z, layer, slopes) };
    steps.push(step);
    a = step.a;
  }
  return { network, steps, logits: a, outputs: lossOf(network).output(a) };
}

function activated(z: Matrix, { activation }: Layer, withSlope: boolean): Pick<Step, 'a' | 'slope'> {
  if (activation === undefined) return { a: z };
  const phi = activationOf(activation);
  if (!withSlope) return { a: mapAll(z, phi.values) };
  const [a, slope] = phi.valuesAndSlopes(z.data);
  return { a: matrix(z.rows, z.cols, a), slope: matrix(z.rows, z.cols, slope) };
}

/** What the loss is taken of. */
export const batchOf = ({ logits, outputs, network }: Pass): Batch => ({
  z: logits,
  y: outputs,
  t: network.Y,
});

/** Whether the sizes of weights and inputs alone rule out that a z is beyond float64, so that no pass has to show it. */
export function cannotOverflow({ layers, X }: Network): boolean {
  let a = largest(X.data);
  for (const { W, b, activation } of layers) {
    const z = W.cols * largest(W.data) * a + largest(b);
    if (!(z < 1e300)) return false;
    // |φ(z)| ≤ 2(1 + |z|), or as often as the number says that an activation takes
    const steepest = typeof activation === 'object' ? Object.values(activation).map(Math.abs) : [];
    a = Math.max(2, ...steepest) * (1 + z);
  }
  return true;
}

/**
 * The first layer with a z beyond the range of float64 (±1.8e308), where that reaches the logits: nothing can
 * be told of such a network. A sigmoid above an infinite z makes a plain 0 or 1 of it.
 */
export function overflowing({ steps, logits }: Pass): Step | undefined {
  if (logits.data.every(Number.isFinite)) return undefined;
  return steps.find(({ z }) => !z.data.every(Number.isFinite));
}
