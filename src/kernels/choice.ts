import type { Kernels } from './kernels.ts';
import { plain } from './plain.ts';

/** What the engine uses. */
export const kernels: Kernels = plain;
