import type { Network } from './network.ts';

/** 1/κ, what the sum of the samples' losses is divided by: N for `mean`, 1 for `sum`, NC for `mean-of-entries`. */
export function divisorOf({ reduction, Y: { rows: C, cols: N } }: Pick<Network, 'reduction' | 'Y'>): number {
  switch (reduction) {
    case 'mean':
      return N;
    case 'sum':
      return 1;
    case 'mean-of-entries':
      return N * C;
  }
}
