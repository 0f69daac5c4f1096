import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/config/config.ts';
import { forward } from '../../src/core/forward.ts';
import type { Network } from '../../src/core/network.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { variants } from '../../src/mistakes/variants.ts';
import { compare } from '../../src/reference/compare.ts';
import type { ReferenceVerdict } from '../../src/reference/judge.ts';
import { parseReference } from '../../src/reference/reference.ts';

const WRONG_NETS = fileURLToPath(new URL('wrong_nets.py', import.meta.url));

/** A gradient with one bug or two, and what fcnet says of it. */
export interface Answered {
  readonly bug: string;
  readonly pair: boolean;
  readonly precision: string;
  /** for each bug what it may be called; none where no name fits */
  readonly expected: readonly (readonly string[])[];
  readonly diagnosis: readonly Diagnosis[];
  readonly outcome: Outcome;
  /** whether each tensor that is wrong is explained by a mistake, another network or a place */
  readonly accounted: boolean;
}

/**
 * `right`: all that was done has its name, and nothing else has; `network`: it is the right gradient of another
 * network, which is said; `part`: of two bugs one is named; `silent`: no name is given, only a place; `wrong`: a name is
 * given that is not the bug's; `harmless`: the gradient passes.
 */
export type Outcome = 'right' | 'network' | 'part' | 'silent' | 'wrong' | 'harmless';

/** A Python that has NumPy, if there is one. */
export const python = [process.env.FCNET_PYTHON, 'python3', '/usr/bin/python3'].find(
  (name) => name !== undefined && spawnSync(name, ['-c', 'import numpy']).status === 0,
);

/** Asks fcnet what is behind the gradients of wrong_nets.py: `each` networks for each bug, and so many pairs of bugs. */
export function answers(each: number, seed: number, pairs = 0): Answered[] {
  const args = [WRONG_NETS, '--each', `${each}`, '--seed', `${seed}`, '--pairs', `${pairs}`];
  const { status, stdout, stderr } = spawnSync(python!, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`wrong_nets.py failed: ${stderr}`);
  return stdout.trimEnd().split('\n').map(answer);
}

interface Expected {
  readonly mistake: readonly string[];
  readonly layer: number | null;
}

/** A line of wrong_nets.py, judged. */
function answer(line: string): Answered {
  const { bug, pair, precision, expects, config, reference } = JSON.parse(line);
  const { network } = parseConfig(JSON.stringify(config));
  const { references } = compare(network, [parseReference(bug, reference)], { sample: 0 });
  const verdict = references[0]!;
  const expected = (expects as Expected[]).map(({ mistake, layer }) =>
    mistake.map((id) => nameOf(id, layerOf(id, layer, network))),
  );
  return {
    bug,
    pair,
    precision,
    expected,
    diagnosis: verdict.diagnosis,
    outcome: judge(expected, verdict),
    accounted: isAccounted(verdict),
  };
}

/** A bug in a loop over the layers is a mistake at all of them, or at the only one where it can be made. */
function layerOf(mistake: string, layer: number | null, network: Network): number | null {
  const layers = variants(forward(network)).filter((variant) => variant.mistake === mistake);
  return layer ?? (layers.length === 1 ? layers[0]!.layer : null);
}

function judge(
  expected: readonly (readonly string[])[],
  { diagnosis, convention, where, passed }: ReferenceVerdict,
): Outcome {
  if (passed) return 'harmless';
  const given = diagnosis.map(({ mistake, layer, equals }) => [nameOf(mistake, layer), ...equals]);
  if (given.length === 0) return convention === null ? 'silent' : 'network';
  const fits = (names: readonly string[], those: readonly string[]): boolean =>
    those.some((name) => names.includes(name) || names.includes(withoutLayer(name)));
  const isNamed = (those: readonly string[]): boolean => given.some((names) => fits(names, those));
  // Where not all is explained, a mistake of all layers has a name at those that are.
  const isOf = (names: readonly string[], those: readonly string[]): boolean =>
    fits(names, those) || (where.length > 0 && those.some((name) => names.map(withoutLayer).includes(name)));
  const strays = given.some((names) => !expected.some((those) => isOf(names, those)));
  if (strays) return 'wrong';
  return expected.every(isNamed) || convention !== null ? 'right' : 'part';
}

/** Equals without a layer are of the same one; a plain relation of all that is wrong has none. */
const withoutLayer = (name: string): string => name.replace(/ at layer .*/, '');

const isAccounted = ({ tensors, diagnosis, where, convention }: ReferenceVerdict): boolean =>
  convention !== null ||
  tensors
    .filter(({ mismatched, problem }) => mismatched > 0 || problem !== null)
    .every(({ name }) => [...diagnosis, ...where].some((said) => said.tensors.includes(name)));

/** As a diagnosis names its equals: `missing-slope at layer 1`. */
export const nameOf = (mistake: string, layer: number | null): string =>
  layer === null ? mistake : `${mistake} at layer ${layer}`;
