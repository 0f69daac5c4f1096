import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { config, judged, nestedOf, transposed } from './theirs.ts';

test.each(['columns', 'rows'] as const)(
  'with samples in %s logits tell whether another activation is behind a gradient',
  (samples) => {
    const { X, activation: _, ...rest } = config;
    const lying = samples === 'rows' ? transposed : <T>(rows: T): T => rows;
    const net = { ...rest, samples, X: lying(X) };
    const other = forward(parseConfig({ ...net, activation: 'tanh' }).network);
    const gradients = nestedOf(backprop(other));
    const rowsOf = ({ rows, cols, data }: typeof other.logits) =>
      lying(Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]));
    const found = (more: object) => judged({ ...gradients, ...more }, { net }).convention?.options ?? null;
    expect(found({})).toMatchObject({ activation: 'tanh' });
    expect(found({ logits: rowsOf(other.logits) })).toMatchObject({ activation: 'tanh' });
    expect(found({ logits: rowsOf(forward(parseConfig(net).network).logits) })).toBeNull();
  },
);
