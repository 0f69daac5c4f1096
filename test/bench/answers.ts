import { spawnSync } from 'node:child_process';
import { parseConfig } from '../../src/config/config.ts';
import { forward } from '../../src/core/forward.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { variants } from '../../src/mistakes/variants.ts';
import { compare } from '../../src/reference/compare.ts';
import { parseReference } from '../../src/reference/reference.ts';

const WRONG_NETS = new URL('wrong_nets.py', import.meta.url).pathname;

/** A gradient with a bug, and what fcnet calls it. */
export interface Answered {
  readonly bug: string;
  readonly dtype: string;
  /** what it should be called; null where no name fits */
  readonly expected: string | null;
  readonly diagnosis: readonly Diagnosis[];
  readonly outcome: Outcome;
}

/** `harmless`: the bug changes nothing in this network; `silent`: no name was given, and none or one was due. */
export type Outcome = 'right' | 'wrong' | 'silent' | 'harmless';

/** A Python that has NumPy, if there is one. */
export const python = [process.env.FCNET_PYTHON, 'python3', '/usr/bin/python3'].find(
  (name) => name !== undefined && spawnSync(name, ['-c', 'import numpy']).status === 0,
);

/** Asks fcnet what is behind the gradients of wrong_nets.py: `each` networks for each bug. */
export function answers(each: number, seed: number): Answered[] {
  const args = [WRONG_NETS, '--each', String(each), '--seed', String(seed)];
  const { status, stdout, stderr } = spawnSync(python!, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`wrong_nets.py failed: ${stderr}`);
  return stdout.trimEnd().split('\n').map(answer);
}

function answer(line: string): Answered {
  const { bug, expects, config, reference } = JSON.parse(line);
  const { network } = parseConfig(JSON.stringify(config));
  const { references } = compare(network, [parseReference(bug, reference)], { sample: 0 });
  const { diagnosis, convention, passed } = references[0]!;
  const expected = expects && nameOf(expects.mistake, layerOf(expects, network));
  // The right gradient of another network: what is computed instead has a name of its own then.
  const isOther = diagnosis.length === 0 && convention !== null;
  const outcome = passed ? 'harmless' : isOther ? 'right' : judge(expected, diagnosis);
  return { bug, dtype: reference.dtype, expected, diagnosis, outcome };
}

/** A bug in a loop over the layers is a mistake at all of them, or at the only one where it can be made. */
function layerOf(
  { mistake, layer }: { mistake: string; layer: number | null },
  network: Parameters<typeof forward>[0],
): number | null {
  const layers = variants(forward(network)).filter((variant) => variant.mistake === mistake);
  return layer ?? (layers.length === 1 ? layers[0]!.layer : null);
}

function judge(expected: string | null, diagnosis: readonly Diagnosis[]): Outcome {
  if (diagnosis.length === 0) return 'silent';
  const named = diagnosis.some(
    ({ mistake, layer, explanation }) =>
      nameOf(mistake, layer) === expected ||
      explanation
        .replace(/.*here the same as /, '')
        .split(/[,)] ?/)
        .includes(expected ?? ''),
  );
  return named ? 'right' : 'wrong';
}

/** As a diagnosis names its equals: `missing-slope at layer 1`. */
export const nameOf = (mistake: string, layer: number | null): string =>
  layer === null ? mistake : `${mistake} at layer ${layer}`;
