import { backprop } from '../core/backprop.ts';
import type { Pass } from '../core/forward.ts';
import { type Layout, layOut, orientSamples } from '../core/layout.ts';
import { type Network, parameters, type Tensor } from '../core/network.ts';
import { BY_NAME, kindOfName, type ReadAs, whyLoss } from '../files/names.ts';
import {
  canonicalNames,
  type Laid,
  type LaidLogits,
  layAsOurs,
  layoutsFor,
  logitsAsOurs,
  lyingOf,
  wantedIn,
} from './lying.ts';
import {
  BY_ORDER,
  byName,
  byOrder,
  isDerivative,
  type Named,
  ownName,
  renameOptions,
  unstacked,
} from './naming.ts';
import { isOfConfig, isParameter } from './own.ts';
import type { GivenTensor, Reference } from './reference.ts';
import { gradientsOfStep, type Step, stepsFrom } from './step.ts';

/** What a reference says of a network, in the names and the layout of its config. */
export interface Reading extends Laid {
  /** where its tensors are the parameters after a step */
  readonly step: Step | undefined;
  readonly logits: LaidLogits | undefined;
  /** what the network has no gradient for */
  readonly unknown: readonly Tensor[];
  /** what the reader should know of its names */
  readonly hints: readonly string[];
  /** whether nothing of it is called a gradient */
  readonly areParameters: boolean;
  /** the gradients that are the config's own parameters */
  readonly parameters: readonly string[];
}

/**
 * Reads a reference as one of a network: which of its arrays are which gradients, how they lie, and whether they are the
 * parameters after a step. What is not certain is left as it stands.
 *
 * @param ours the layout of the config
 */
export function readingOf(reference: Reference, pass: Pass, ours: Layout): Reading {
  const { network } = pass;
  const { layout: said = {}, asked = ours, learningRate, lossName = 'loss' } = reference;
  const tensors = unstacked(reference.tensors, network.layers.length);
  const byNames = byName(tensors, canonicalNames(network), network.layers.length);
  const named = completed(byNames, tensors, network, asked, said);
  const areParameters = ![...named.values()].some(isDerivative);
  const rate = areParameters ? learningRate : undefined;
  const right = backprop(pass);
  const expected = rate === undefined ? right : stepsFrom(parameters(network), right, rate);
  const lying = lyingOf(named, network, asked, said, expected);
  const laid = layAsOurs(named, network, lying, ours);
  const before = layOut(parameters(network), ours);
  const step = rate === undefined ? undefined : { rate, before, after: laid.tensors };
  const logits =
    reference.logits &&
    logitsAsOurs(reference.logits, orientSamples('logits', pass.logits, ours).shape, ours, asked, said);
  const rest = tensors.filter((tensor) => ![...named.values()].includes(tensor));
  const isBeside = (tensor: GivenTensor): boolean =>
    learningRate !== undefined && step === undefined && kindOfName(tensor.name) !== undefined;
  const aside = rest.filter((tensor) => isOfConfig(tensor, network) || isBeside(tensor));
  const unknown = rest.filter((tensor) => !aside.includes(tensor));
  return {
    ...laid,
    tensors: step ? gradientsOfStep(step) : laid.tensors,
    step,
    logits,
    unknown,
    read: [
      ...namesRead(canonicalNames(network), named, byNames, rate),
      ...lying.read,
      ...laid.read,
      ...(logits?.read ?? []),
      ...(lossName === 'loss' ? [] : [{ from: lossName, to: 'loss', why: whyLoss(lossName) }]),
    ],
    hints: [
      ...asideHints(aside),
      ...renameHints(unknown, named, wantedIn(network, lying.layout)),
      ...unrolledHints(unknown, wantedIn(network, ours)),
    ],
    areParameters,
    parameters: step
      ? []
      : [...laid.tensors.values()].filter((tensor) => isParameter(tensor, before)).map(({ name }) => name),
  };
}

/** Names by order what has none that says anything, in the config's layout or the only other that it fits. */
function completed(
  named: Named,
  tensors: readonly GivenTensor[],
  network: Network,
  ours: Layout,
  said: Partial<Layout>,
): Named {
  const free = tensors.filter((tensor) => ![...named.values()].includes(tensor));
  const areNamed = [...named.values()].some(({ from }) => from === undefined);
  // Beside gradients that have names, an array without one may be anything.
  if (areNamed && free.some(({ name }) => kindOfName(name) === undefined)) return named;
  const layouts = [false, true].flatMap((hasBiases) => layoutsFor(network, ours, said, hasBiases));
  const order = byOrder(
    free,
    layouts.map((layout) => wantedIn(network, layout).filter(({ name }) => !named.has(name))),
  );
  return order ? new Map([...named, ...order]) : named;
}

function namesRead(
  names: readonly string[],
  named: Named,
  byNames: Named,
  rate: number | undefined,
): ReadAs[] {
  return names.flatMap((to) => {
    const tensor = named.get(to);
    if (tensor === undefined || tensor.name === to) return [];
    const why = byNames.has(to) ? BY_NAME : BY_ORDER;
    const step = rate === undefined ? '' : `; after one step of ${rate}`;
    return [{ from: ownName(tensor), to, why: `${why}${step}` }];
  });
}

function asideHints(aside: readonly GivenTensor[]): string[] {
  if (aside.length === 0) return [];
  const names = aside.map(({ name }) => name);
  const listed = names.length <= LISTED ? names.join(', ') : `${names.slice(0, LISTED).join(', ')}, …`;
  return [`${listed} beside its gradients: parameters and inputs are not judged`];
}

const LISTED = 8;

function renameHints(
  unknown: readonly GivenTensor[],
  named: Named,
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
): string[] {
  const missing = wanted.filter(({ name }) => !named.has(name));
  const options = renameOptions(unknown, missing);
  return options === '' ? [] : [`which of its arrays are which is not certain; say it: ${options}`];
}

/** All gradients in one list, as an optimizer wants them: in which order, and by rows or columns, nobody knows. */
function unrolledHints(
  unknown: readonly GivenTensor[],
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
): string[] {
  const size = wanted.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
  const whole = unknown.find(({ data }) => data.length === size);
  if (whole === undefined || wanted.length < 2) return [];
  const names = wanted.map(({ name }) => name).join(', ');
  return [`${whole.name} has as many numbers as all gradients together: give them apart, as ${names}`];
}
