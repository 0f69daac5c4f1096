import type { Family } from './families.ts';
import * as rough from './rough.ts';
import * as smooth from './smooth.ts';

/** Functions of every kind that people take gradients of, or that could deceive the steps. */
export const GROUPS: Readonly<Record<string, readonly Family[]>> = {
  ordinary: smooth.ordinary,
  'of a scale far smaller than x': smooth.smallScale,
  'near a pole': smooth.poles,
  'near the end of the domain': smooth.ends,
  'tiny and huge x': smooth.sizes,
  'losing digits': rough.cancelling,
  'rounded, float32': rough.quantised,
  'stairs and jumps': rough.jumps,
  'with noise': rough.noises,
  'a kink': rough.kinks,
  'two kinks and more': rough.pairs,
  'waves on a curve': rough.waves,
  compositions: rough.compositions,
};
