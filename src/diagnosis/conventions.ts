import { ACTIVATION_NAMES, type ActivationName } from '../core/activations.ts';
import { backprop } from '../core/backprop.ts';
import { forward, type Pass } from '../core/forward.ts';
import { largest } from '../core/matrix.ts';
import type { Network, Tensor } from '../core/network.ts';
import { type LossName, PENALTIES, REDUCTIONS } from '../core/objective.ts';
import { penaltyFactor } from '../core/penalty.ts';
import { divisorOf } from '../core/reduction.ts';
import type { Evidence, LayerEvidence } from './evidence.ts';
import { shortest } from './numbers.ts';

/** The options with which a network would have the gradient that a reference holds. */
interface ConventionOptions {
  readonly activation?: ActivationName;
  readonly output?: ActivationName | 'softmax';
  readonly loss?: LossName;
  readonly reduction?: (typeof REDUCTIONS)[number];
  readonly penalty?: (typeof PENALTIES)[number];
  readonly reg?: number;
}

/** A reference that is the right gradient of another network. */
export interface Convention {
  readonly options: ConventionOptions;
  /** the entries that agree then, all that it has */
  readonly agrees: number;
}

/** Outputs that people have, and the losses of each; squared errors differ by a factor only. */
const OUTPUTS: readonly Pick<Network, 'output' | 'loss'>[] = [
  { output: 'softmax', loss: 'cross-entropy' },
  { output: 'sigmoid', loss: 'cross-entropy' },
  { output: 'identity', loss: 'half-squared-error' },
  { output: 'sigmoid', loss: 'half-squared-error' },
  { output: 'softmax', loss: 'half-squared-error' },
  { output: 'tanh', loss: 'half-squared-error' },
  { output: 'relu', loss: 'half-squared-error' },
  { output: 'identity', loss: 'hinge' },
];

/** How much work may be spent, in products of a weight and a sample. */
const MOST_WORK = 3e8;

/** Another network that a reference may be of. */
export interface Candidate {
  readonly network: Network;
  readonly changed: ConventionOptions;
}

/**
 * The networks with other activations, outputs and losses, the fewest changes first.
 *
 * @param logits the reference's own: with these it can only be a network that has them
 */
export function candidates(pass: Pass, logits: Tensor | undefined): Candidate[] {
  const { network } = pass;
  const hidden = network.layers.length > 1;
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const outputs = OUTPUTS.filter(
    ({ output, loss }) =>
      !(output === 'softmax' && network.Y.rows === 1) &&
      !(loss === 'hinge' && network.Y.rows === 1) &&
      !(loss === 'cross-entropy' && network.Y.data.some((t) => t < 0 || t > 1)),
  ).map((other) => ({
    ...other,
    isOwn: isSame(other.output, network.output) && normal(other.loss) === normal(network.loss),
  }));
  const same = { output: network.output, loss: network.loss, isOwn: true };
  const losses = [same, ...outputs.filter(({ isOwn }) => !isOwn)];
  const sees = logits === undefined || !closeTo(logits, pass.logits.data);
  const own = network.layers.flatMap(({ activation }) => (activation === undefined ? [] : [activation]));
  const others = ACTIVATION_NAMES.filter((name) => own.some((activation) => activation !== name));
  const activations: (ActivationName | undefined)[] = [undefined, ...(hidden && sees ? others : [])];
  const all = activations.flatMap((activation) =>
    losses.map(({ output, loss, isOwn }): Candidate & { readonly changes: number } => ({
      changes: (activation === undefined ? 0 : 1) + (isOwn ? 0 : 1),
      changed: {
        ...(activation !== undefined && { activation }),
        ...(!isOwn && { output: output as ActivationName | 'softmax', loss }),
      },
      network: {
        ...network,
        output,
        loss,
        layers: network.layers.map((layer) =>
          layer.activation === undefined || activation === undefined ? layer : { ...layer, activation },
        ),
      },
    })),
  );
  const weights = network.layers.reduce((sum, { W }) => sum + W.data.length, 0);
  const affordable = Math.max(1, Math.floor(MOST_WORK / (3 * weights * network.X.cols)));
  return all.sort((a, b) => a.changes - b.changes).slice(0, affordable);
}

const normal = (loss: LossName): LossName => (loss === 'squared-error' ? 'half-squared-error' : loss);

function closeTo({ data }: Tensor, values: Float64Array): boolean {
  const near = 1e-5 * Math.max(1, largest(values));
  return data.length === values.length && data.every((value, i) => Math.abs(value - values[i]!) <= near);
}

/**
 * Whether a reference is the right gradient of another network: reference = α·data + β·W with one α and one β for all
 * tensors, by least squares. α tells the reduction, β the penalty or λ.
 */
export function conventionOf(
  pass: Pass,
  evidence: readonly LayerEvidence[],
  logits: Tensor | undefined,
): Convention | undefined {
  const seen = evidence.flatMap(({ dW, db }) => [...(dW ? [dW] : []), ...(db ? [db] : [])]);
  if (seen.length === 0 || seen.some(({ fits, given }) => !fits || !given.data.every(Number.isFinite)))
    return undefined;
  for (const candidate of candidates(pass, logits)) {
    const options = fitOf(candidate, pass, seen, logits);
    if (options !== undefined)
      return { options, agrees: seen.reduce((sum, { given }) => sum + given.data.length, 0) };
  }
  return undefined;
}

function fitOf(
  { network, changed }: Candidate,
  own: Pass,
  seen: readonly Evidence[],
  logits: Tensor | undefined,
): ConventionOptions | undefined {
  const summed = forward({
    ...network,
    loss: normal(network.loss),
    reduction: 'sum',
    reg: 0,
  });
  if (logits !== undefined && changed.activation !== undefined && !closeTo(logits, summed.logits.data))
    return undefined;
  const gradient = backprop(summed);
  const parts = seen.map((one) => ({
    one,
    data: gradient.find(({ name }) => name === one.name)!.data,
    W: one.name.startsWith('dW') ? network.layers[one.layer - 1]!.W.data : undefined,
  }));
  const [alpha, beta] = leastSquares(parts);
  if (alpha === undefined || beta === undefined) return undefined;
  const factor = factorOf(network, own, alpha);
  if (factor === undefined) return undefined;
  const penalty = penaltyOf(own.network, beta);
  const options = { ...changed, ...factor.options, ...penalty.options };
  if (Object.keys(options).length === 0) return undefined;
  // Strictly, with the numbers that the options stand for rather than those of the fit.
  const holds = parts.every(({ one, data, W }) => {
    const least = 1e-2 * largest(one.given.data);
    return data.every((value, i) => {
      const [d, p] = [factor.alpha * value, penalty.beta * (W?.[i] ?? 0)];
      return one.matches(i, d + p, Math.max(Math.abs(d) + Math.abs(p), least));
    });
  });
  return holds ? options : undefined;
}

interface Part {
  readonly one: Evidence;
  readonly data: Float64Array;
  readonly W: Float64Array | undefined;
}

/** α and β, each tensor counted by its own scale. */
function leastSquares(parts: readonly Part[]): readonly [number?, number?] {
  let [dd, dw, ww, dr, wr, entries] = [0, 0, 0, 0, 0, 0];
  for (const { one, data, W } of parts) {
    const scale = largest(one.given.data) || 1;
    data.forEach((value, i) => {
      const [d, w, r] = [value / scale, (W?.[i] ?? 0) / scale, one.given.data[i]! / scale];
      dd += d * d;
      dw += d * w;
      ww += w * w;
      dr += d * r;
      wr += w * r;
      entries++;
    });
  }
  const determinant = dd * ww - dw * dw;
  if (entries < 5 || !(dd > 0)) return [];
  if (!(determinant > 1e-12 * dd * ww)) return [dr / dd, 0];
  return [(dr * ww - wr * dw) / determinant, (wr * dd - dr * dw) / determinant];
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** The loss and the reduction that α says, those of the config if it may be. */
function factorOf(
  network: Network,
  own: Pass,
  alpha: number,
): { alpha: number; options: ConventionOptions } | undefined {
  const isSquare = normal(network.loss) === 'half-squared-error';
  const { loss, reduction } = own.network;
  const isOwnLoss = normal(loss) === normal(network.loss);
  const losses: LossName[] = isSquare
    ? loss === 'squared-error'
      ? ['squared-error', 'half-squared-error']
      : ['half-squared-error', 'squared-error']
    : [network.loss];
  const reductions = [reduction, ...REDUCTIONS.filter((other) => other !== reduction)];
  const all = reductions.flatMap((to) => losses.map((as) => ({ to, as })));
  // One change at most, where that is enough: the reduction, or the ½ of the squared error.
  all.sort((a, b) => changesOf(a) - changesOf(b));
  for (const { to, as } of all) {
    const value = (as === 'squared-error' ? 2 : 1) / divisorOf({ ...network, reduction: to });
    if (!near(alpha, value)) continue;
    return {
      alpha: value,
      options: {
        ...((as !== loss || !isOwnLoss) && { loss: as }),
        ...(to !== reduction && { reduction: to }),
      },
    };
  }
  return undefined;

  function changesOf({ to, as }: { to: string; as: LossName }): number {
    return (to === reduction ? 0 : 1) + (as === loss ? 0 : 1);
  }
}

/** The penalty, or the λ, that β says. */
function penaltyOf(network: Network, beta: number): { beta: number; options: ConventionOptions } {
  const own = penaltyFactor(network);
  const most = network.layers.reduce((size, { W }) => Math.max(size, largest(W.data)), 0);
  if (own !== 0 && near(beta, own)) return { beta: own, options: {} };
  if (Math.abs(beta) * most < 1e-9) return { beta: 0, options: own === 0 ? {} : { reg: 0 } };
  for (const penalty of PENALTIES) {
    const value = penaltyFactor({ ...network, penalty });
    if (network.reg !== 0 && near(beta, value)) return { beta: value, options: { penalty } };
  }
  const factor = penaltyFactor({ ...network, reg: 1 });
  const reg = Number(shortest(beta / factor));
  return reg < 0 ? { beta: Number.NaN, options: {} } : { beta: reg * factor, options: { reg } };
}
