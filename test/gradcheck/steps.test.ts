import { expect, test } from 'vitest';
import { gradcheck } from '../../src/gradcheck/gradcheck.ts';
import { benchNetwork } from '../bench/networks.ts';
import { network } from '../networks.ts';

test.each([1e-8, 1e-5, 1e-3, 1e-2])('with a step of %d, the right gradient is never refused', (step) => {
  for (let seed = 0; seed < 80; seed++) {
    const { tensors } = gradcheck(benchNetwork(seed).network, { step });
    expect(
      tensors.map(({ mismatched }) => mismatched),
      `seed ${seed}`,
    ).toEqual(tensors.map(() => 0));
  }
});

test('where weights and their gradient are zero, the penalty leaves nothing open', () => {
  const zeros = network({
    X: '1 2; 3 4',
    y: [0, 1],
    W: ['0 0; 0 0; 0 0', '0 0 0; 0 0 0'],
    b: [
      [0, 0, 0],
      [0, 0],
    ],
    reg: 0.5,
  });
  expect(gradcheck(zeros)).toMatchObject({ passed: true, inconclusive: [] });
});

test('the penalty of a weight far smaller than the step is still checked', () => {
  const faint = network({ X: '1 2', y: [0, 0], W: ['1e-40'], b: [[0]], reg: 0.5 });
  for (const options of [{}, { step: 2 ** -100 }]) {
    const [dW1] = gradcheck(faint, options).tensors;
    expect(dW1).toMatchObject({ numerical: Float64Array.of(0.5e-40), verdicts: ['agree'] });
  }
});
