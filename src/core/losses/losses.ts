import { nameOf } from '../activations.ts';
import type { Objective } from '../objective.ts';
import { hinge } from './hinge.ts';
import type { SampleLoss } from './sample-loss.ts';
import { sigmoidCrossEntropy } from './sigmoid-cross-entropy.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';
import { softmaxSquaredError } from './softmax-squared-error.ts';
import { squaredError } from './squared-error.ts';

/**
 * The loss of a network, with its output.
 *
 * @throws RangeError for an output that the loss is not defined for
 */
export function lossOf({ output, loss }: Pick<Objective, 'output' | 'loss'>): SampleLoss {
  const name = output === 'softmax' ? output : nameOf(output);
  switch (loss) {
    case 'cross-entropy':
      if (name === 'softmax') return softmaxCrossEntropy;
      if (name === 'sigmoid') return sigmoidCrossEntropy;
      break;
    case 'squared-error':
    case 'half-squared-error': {
      const c = loss === 'squared-error' ? 2 : 1;
      return output === 'softmax' ? softmaxSquaredError(c) : squaredError(output, c);
    }
    case 'hinge':
      if (name === 'identity') return hinge;
  }
  throw new RangeError(`there is no ${loss} of ${name} outputs`);
}
