import { afterEach, expect, test, vi } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { base64 } from '../kernels/modules.ts';
import { networkOf } from '../networks.ts';

afterEach(() => {
  vi.doUnmock('../../src/kernels/embedded.ts');
  vi.resetModules();
});

/** The library as the build has it, with modules of WebAssembly, or none. */
async function library(embedded: readonly string[]): Promise<{
  zeros: typeof import('../../src/core/zeros.ts');
  kernels: Kernels;
  index: typeof import('../../src/index.ts');
}> {
  vi.resetModules();
  vi.doMock('../../src/kernels/embedded.ts', () => ({ embedded }));
  const { kernels } = await import('../../src/kernels/choice.ts');
  const zeros = await import('../../src/core/zeros.ts');
  return { zeros, kernels, index: await import('../../src/index.ts') };
}

test('large arrays that are made in passing lie in the arena, and the next time at the same places', async () => {
  const { zeros, kernels } = await library([base64]);
  const lengths = [300, 500, 300, 20];
  const make = () => zeros.inPassing(() => lengths.map((length) => zeros.zeros(length).fill(7)));
  const [first, second] = [make(), make()];
  expect(first.map((array) => kernels.arena!.placeOf(array) !== undefined)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(second.slice(0, 3)).toEqual(first.slice(0, 3));
  expect(second[0]).toBe(first[0]);
  expect(kernels.arena!.placeOf(zeros.zeros(300))).toBeUndefined();
});

test('zeros in passing are zeros, whatever stood there', async () => {
  const { zeros } = await library([base64]);
  zeros.inPassing(() => zeros.room(300).fill(9));
  zeros.inPassing(() => expect(zeros.zeros(300).every((zero) => zero === 0)).toBe(true));
});

test('what is owned is not made again, nor is anything of a computation within another before both are done', async () => {
  const { zeros } = await library([base64]);
  const [kept, array] = zeros.inPassing(() => {
    const outer = zeros.room(400).fill(1);
    zeros.inPassing(() => zeros.room(400).fill(2));
    expect(zeros.room(400)).not.toBe(outer);
    expect(outer.every((value) => value === 1)).toBe(true);
    return [zeros.owned(outer), outer] as const;
  });
  zeros.inPassing(() => zeros.room(400).fill(3));
  expect(array[0]).toBe(3);
  expect(kept.every((value) => value === 1)).toBe(true);
});

test('arrays are taken back where a computation fails, and those that are recycled are used once', async () => {
  const { zeros } = await library([base64]);
  const first = zeros.inPassing(() => zeros.room(300));
  const failing = (): never =>
    zeros.inPassing(() => {
      expect(zeros.room(300)).toBe(first);
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  zeros.inPassing(() => {
    const array = zeros.room(300);
    zeros.recycle(array);
    const again = [zeros.room(300), zeros.room(300)];
    expect(again[0]).toBe(array);
    expect(again[1]).not.toBe(array);
  });
});

test.each([
  ['WebAssembly', [base64]],
  ['plain loops', []],
])(
  'results of forward and backprop keep their numbers while others are computed, with %s',
  async (_, embedded) => {
    const { index } = await library(embedded);
    const problemOf = (seed: number) =>
      index.parseConfig(JSON.stringify(index.init({ sizes: [20, 12, 5], N: 60, seed }).config));
    const [one, two] = [problemOf(1), problemOf(2)];
    const [forward, backprop] = [index.forward(one), index.backprop(one)];
    const before = structuredClone([forward, backprop, index.loss(one)]);
    for (let i = 0; i < 2; i++) {
      index.loss(two);
      index.forward(two);
      index.backprop(two);
    }
    expect([forward, backprop, index.loss(one)]).toEqual(before);
    expect([index.forward(one), index.backprop(one), index.loss(one)]).toEqual(before);
  },
);

test('what is to last is in no arena, however large', async () => {
  const { zeros, kernels } = await library([base64]);
  for (const length of [5, 256, 257, 5000]) {
    const kept = zeros.inPassing(() => {
      zeros.room(300).fill(9);
      return zeros.lasting(length);
    });
    expect(kernels.arena!.placeOf(kept)).toBeUndefined();
    expect(kept).toEqual(new Float64Array(length));
    zeros.inPassing(() => zeros.room(length).fill(9));
    expect(kept.every((zero) => zero === 0)).toBe(true);
  }
});

test('no number of a measurement is touched by the next one', async () => {
  await library([base64]);
  const { forward } = await import('../../src/core/forward.ts');
  const { measure } = await import('../../src/gradcheck/measure.ts');
  const wide = {
    widths: [20, 30, 4],
    N: 40,
    activations: ['tanh'],
    weightScale: 0.2,
    inputScale: 1,
  } as const;
  const of = (seed: number) => measure(forward(networkOf({ ...wide, softTargets: true, reg: 0.1, seed })));
  const { tensors } = of(1);
  const kept = structuredClone(tensors);
  of(2);
  expect(tensors).toEqual(kept);
});
