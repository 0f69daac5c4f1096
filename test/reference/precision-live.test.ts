import { describe, expect, test } from 'vitest';
import type { GradientCheck } from '../../src/gradcheck/gradcheck.ts';
import type { Reference } from '../../src/reference/reference.ts';
import { analytic, ask, type Dtype, judge, largestEntry, refused } from '../bench/live.ts';
import { benchNetwork } from '../bench/networks.ts';
import { network } from '../networks.ts';
import { pythonWith } from '../python.ts';

const python = pythonWith('numpy');
const bench = Array.from({ length: 24 }, (_, seed) => benchNetwork(seed + 1));

/** A reference with one entry of one tensor multiplied. */
function planted(reference: Reference, l: number, i: number, factor: number): Reference {
  const tensors = reference.tensors.map((tensor, index) =>
    index === l
      ? { ...tensor, data: tensor.data.map((value, j) => (j === i ? value * factor : value)) }
      : tensor,
  );
  return { ...reference, tensors };
}

/** The tensors of which the largest entry says something, with that entry. */
function telling(reference: Reference, check: GradientCheck): { l: number; i: number; share: number }[] {
  return judge(reference, check).tensors.flatMap(({ verdict }, l) => {
    const ours = check.tensors[l]!.analytic;
    const i = largestEntry(ours);
    if (verdict!.verdicts[i] !== 'agree' || ours[i] === 0) return [];
    return { l, i, share: verdict!.allowed[i]! / Math.abs(ours[i]!) };
  });
}

describe.runIf(python)('NumPy, live,', () => {
  describe.each<Dtype>(['float64', 'float32'])('in %s', (dtype) => {
    const networks = bench.map(({ network }) => network);
    const references = python ? ask({ name: 'NumPy', python, twin: ['numpy_net'] }, dtype, networks) : [];
    const checks = networks.map(analytic);

    test('is never refused on networks of any kind', () => {
      const alarms = references.map((reference, n) => refused(judge(reference, checks[n]!)));
      expect(alarms).toEqual(networks.map(() => []));
    });

    test('is refused once the largest entry of a tensor is off by thrice what is allowed', () => {
      let tried = 0;
      for (const [n, reference] of references.entries()) {
        for (const { l, i, share } of telling(reference, checks[n]!)) {
          const verdict = judge(planted(reference, l, i, 1 + 3 * share), checks[n]!);
          expect(refused(verdict)).toEqual([checks[n]!.tensors[l]!.name]);
          tried++;
        }
      }
      expect(tried).toBeGreaterThan(60);
    });

    test('is refused for an error of a thousandth, in nearly all that is not inconclusive', () => {
      const shares = references.flatMap((reference, n) =>
        telling(reference, checks[n]!).map(({ share }) => share),
      );
      const found = shares.filter((share) => share < 1e-3).length;
      expect(found / shares.length).toBeGreaterThan(dtype === 'float64' ? 0.99 : 0.85);
    });
  });

  // A sigmoid that rounds to 1, or the ŷ of a label: a(1 − a) and ŷ − 1 keep a digit or none in float32, in float64 plenty.
  test.each([
    ['saturated', network({ X: '14 15', y: [0, 1], W: ['1', '1; -1'], b: [[0], [0, 0]] })],
    ['confident', network({ X: '1', y: [0], W: ['8; -8'], b: [[0, 0]] })],
  ])('in float32 leaves open what a %s network rounds away, rather than agree', (_, net) => {
    const check = analytic(net);
    const first = (dtype: Dtype) => {
      const [reference] = ask({ name: 'NumPy', python: python!, twin: ['numpy_net'] }, dtype, [net]);
      const [dW1, db1] = judge(reference!, check).tensors;
      return [dW1!.verdict!.verdicts[0], db1!.verdict!.verdicts[0]];
    };
    expect(first('float64')).toEqual(['agree', 'agree']);
    expect(first('float32')).toEqual(['inconclusive', 'inconclusive']);
  });
});
