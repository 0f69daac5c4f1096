import { LOSS_NAMES, type LossName, type Objective, type Output, TEXTBOOK } from '../core/objective.ts';
import type { Find } from '../files/errors.ts';
import { outputName, textOfOutput } from './activations.ts';
import type { Settings } from './schema.ts';

/** The outputs that a loss is defined for, where those are few. */
const OUTPUTS_OF: Partial<Record<LossName, readonly string[]>> = {
  'cross-entropy': ['softmax', 'sigmoid'],
  hinge: ['identity'],
};

const isDefined = (loss: LossName, output: Output): boolean =>
  OUTPUTS_OF[loss]?.includes(outputName(output)) ?? true;

/**
 * What the network is trained for: cross-entropy of softmax and of sigmoid go without saying, any other output needs
 * its loss said.
 *
 * @returns undefined if there is no such loss of such an output
 */
export function objectiveOf(settings: Settings, find: Find): Objective | undefined {
  const output = settings.output ?? TEXTBOOK.output;
  const { loss = 'cross-entropy', reduction = TEXTBOOK.reduction, penalty = TEXTBOOK.penalty } = settings;
  if (isDefined(loss, output)) return { output, loss, reduction, penalty };
  if (settings.loss === undefined) {
    const choices = LOSS_NAMES.filter((name) => isDefined(name, output)).map((name) => `"${name}"`);
    find(
      ['output'],
      `an output of ${textOfOutput(output)} needs its "loss" said (or --loss): expected ${choices.join(' or ')}`,
    );
    return undefined;
  }
  const outputs = (OUTPUTS_OF[loss] ?? []).map((name) => `"${name}"`).join(' or ');
  const found = `${textOfOutput(output)}${settings.output === undefined ? ', the default' : ''}`;
  find(['loss'], `${loss} expects "output": ${outputs} (or --output), found ${found}`);
  return undefined;
}

/**
 * Refuses what is always the same with one unit, whatever the network computes: a softmax, which is 1, and a hinge,
 * which has no other class to compare with.
 *
 * @param last the key of the last layer's weights, which have the one unit
 * @returns whether it is refused
 */
export function checkUnits(
  { output, loss }: Objective,
  { C, last, said }: { readonly C: number; readonly last: string; readonly said: boolean },
  find: Find,
): boolean {
  if (C > 1 || (output !== 'softmax' && loss !== 'hinge')) return false;
  if (loss === 'hinge') {
    const hint = 'for one unit say "output": "sigmoid", "loss": "cross-entropy" (or --output, --loss)';
    find(['loss'], `a hinge of one unit is always 0, for lack of another class; ${hint}`);
  } else {
    const hint = 'for one unit say "output": "sigmoid" (or --output sigmoid)';
    find([said ? 'output' : last], `a softmax of one unit is always 1, whatever its input; ${hint}`);
  }
  return true;
}
