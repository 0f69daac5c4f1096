import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import {
  add,
  at,
  type Matrix,
  map,
  matrix,
  multiply,
  multiplyTransposed,
  scale,
  transpose,
} from '../../src/core/matrix.ts';
import { type Layer, type Network, parameters, type Tensor } from '../../src/core/network.ts';
import type { Objective } from '../../src/core/objective.ts';
import { randomNumbers } from '../../src/core/random.ts';
import { conditionedSize } from '../../src/gradcheck/bound.ts';
import { UNIT_ROUNDOFF as u } from '../../src/gradcheck/noise.ts';
import { largest, outside } from '../exact.ts';
import { genericRecipes, networkOf, recipes, SEED } from '../networks.ts';

const RUNS = { seed: SEED, numRuns: 200 };

const gradientOf = (net: Network): Tensor[] => backprop(forward(net));
const named = (gradient: readonly Tensor[], name: string): Float64Array =>
  gradient.find((tensor) => tensor.name === name)!.data;
const asMatrix = ({ shape, data }: Tensor): Matrix => matrix(shape[0]!, shape[1] ?? 1, data);
const matrixNamed = (gradient: readonly Tensor[], name: string): Matrix =>
  asMatrix(gradient.find((tensor) => tensor.name === name)!);

/** How far the gradient may be from the truth, in the largest entry of each tensor. */
const barsOf = (net: Network): Map<string, number> =>
  new Map(conditionedSize(forward(net)).gradients.map(({ name, data }) => [name, 8 * u * largest(data)]));

/** Two gradients of what is the same function, each as far from the truth as its own bar. */
function expectSame(found: Network, of: Network, expected: (found: readonly Tensor[]) => Tensor[]): void {
  const [bars, others] = [barsOf(found), barsOf(of)];
  const ours = gradientOf(of);
  for (const { name, data } of expected(gradientOf(found))) {
    const allowed = data.map(() => 4 * ((bars.get(name) ?? 0) + others.get(name)!) + 2 ** -1000);
    expect(outside(data, named(ours, name), allowed), name).toEqual([]);
  }
}

function expectSameLoss(a: Network, b: Network): void {
  const [one, other] = [a, b].map((net) => loss(forward(net)).data);
  expect(Math.abs(one! - other!)).toBeLessThanOrEqual(1e-9 * Math.max(1, one!));
}

const withoutPenalty = (net: Network): Network => ({ ...net, reg: 0 });
const overflows = (net: Network): boolean => !forward(net).logits.data.every(Number.isFinite);

/** Columns of X and Y. */
const columnsOf = (net: Network, columns: readonly number[]): Network => {
  const pick = (M: Matrix): Matrix => {
    const P = matrix(M.rows, columns.length);
    columns.forEach((from, n) => {
      for (let i = 0; i < M.rows; i++) P.data[i * columns.length + n] = at(M, i, from);
    });
    return P;
  };
  return { ...net, X: pick(net.X), Y: pick(net.Y) };
};

const rowsOf = (M: Matrix, rows: readonly number[]): Matrix =>
  transpose(
    matrix(
      M.cols,
      rows.length,
      Float64Array.from({ length: M.cols * rows.length }, (_, e) =>
        at(M, rows[e % rows.length]!, Math.floor(e / rows.length)),
      ),
    ),
  );

const samplesOf = ({ X }: Network): number[] => [...Array(X.cols).keys()];

/** 0 … n−1 in some order. */
function shuffled(n: number, seed: number): number[] {
  const { uniform } = randomNumbers(seed, 'order');
  const order = [...Array(n).keys()];
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** A property of networks of every kind that do not overflow. */
const always = (check: (net: Network, seed: number) => void, from = recipes): void =>
  fc.assert(
    fc.property(from, (recipe) => {
      const net = networkOf(recipe);
      fc.pre(!overflows(net));
      check(net, recipe.seed);
    }),
    RUNS,
  );

describe('the samples', () => {
  test('of a sum add their gradients', () => {
    always((net) => {
      const whole = withoutPenalty({ ...net, reduction: 'sum' });
      const parts = samplesOf(net).map((n) => columnsOf(whole, [n]));
      const gradients = parts.map(gradientOf);
      const bars = [whole, ...parts].map(barsOf);
      for (const [l, { name, data }] of gradientOf(whole).entries()) {
        const sum = data.map((_, i) => gradients.reduce((total, one) => total + one[l]!.data[i]!, 0));
        const allowed = 4 * bars.reduce((total, bar) => total + bar.get(name)!, 0) + 2 ** -1000;
        expect(
          outside(
            data,
            sum,
            data.map(() => allowed),
          ),
          name,
        ).toEqual([]);
      }
    });
  });

  test('may stand in any order', () => {
    always((net, seed) => {
      const other = columnsOf(net, shuffled(net.X.cols, seed));
      expectSame(other, net, (found) => [...found]);
      expectSameLoss(other, net);
    }, genericRecipes);
  });

  test('may be there several times, if their mean is taken', () => {
    always((net) => {
      const mean = net.reduction === 'sum' ? ({ ...net, reduction: 'mean' } as const) : net;
      const one = { ...mean, penalty: 'half' } as const; // which does not know of N
      const twice = columnsOf(one, [...samplesOf(net), ...samplesOf(net), ...samplesOf(net)]);
      expectSame(twice, one, (found) => [...found]);
    });
  });
});

/** Layer l with its units in another order; the layer above takes them so. */
function reordered(net: Network, l: number, order: readonly number[]): Network {
  const layers = net.layers.map((layer): Layer => {
    if (layer.number === l)
      return { ...layer, W: rowsOf(layer.W, order), b: Float64Array.from(order, (i) => layer.b[i]!) };
    return layer.number === l + 1 ? { ...layer, W: transpose(rowsOf(transpose(layer.W), order)) } : layer;
  });
  return { ...net, layers, Y: l === net.layers.length ? rowsOf(net.Y, order) : net.Y };
}

test('units of a layer may stand in any order, and so may classes: their gradients go with them', () => {
  always((net, seed) => {
    for (const { number: l, W } of net.layers) {
      const order = shuffled(W.rows, seed + l);
      const back = order.map((_, i) => order.indexOf(i));
      expectSame(reordered(net, l, order), net, (found) =>
        found.map((tensor): Tensor => {
          const M = asMatrix(tensor);
          if (tensor.name === `dW${l}` || tensor.name === `db${l}`)
            return { ...tensor, data: rowsOf(M, back).data };
          if (tensor.name !== `dW${l + 1}`) return tensor;
          return { ...tensor, data: transpose(rowsOf(transpose(M), back)).data };
        }),
      );
    }
  });
});

test('one number added to all logits changes nothing for a softmax, nor for a hinge', () => {
  const kinds: Pick<Objective, 'output' | 'loss'>[] = [
    { output: 'softmax', loss: 'cross-entropy' },
    { output: 'softmax', loss: 'squared-error' },
    { output: 'identity', loss: 'hinge' },
  ];
  for (const kind of kinds) {
    const property = fc.property(genericRecipes, fc.constantFrom(-100, -1, 0.25, 64), (recipe, c) => {
      const net = networkOf({
        ...recipe,
        objective: { ...kind, reduction: 'mean', penalty: 'half' },
        softTargets: false,
      });
      const layers = net.layers.map((layer) =>
        layer.activation === undefined ? { ...layer, b: layer.b.map((b) => b + c) } : layer,
      );
      expectSame({ ...net, layers }, net, (found) => [...found]);
      expectSameLoss({ ...net, layers }, net);
    });
    fc.assert(property, RUNS);
  }
});

test('layers of identities are their product', () => {
  const linear = genericRecipes.map((recipe) => ({
    ...recipe,
    activations: ['identity', 'identity', 'identity'] as const,
    reg: 0,
    biased: true,
  }));
  always((net) => {
    const layers = net.layers.slice(1).reduce<Pick<Layer, 'W' | 'b'>>(
      ({ W, b }, above) => ({
        W: multiply(above.W, W),
        b: add(multiply(above.W, matrix(b.length, 1, b)), matrix(above.b.length, 1, above.b)).data,
      }),
      net.layers[0]!,
    );
    const product: Network = { ...net, layers: [{ ...layers, number: 1, activation: undefined }] };
    expectSameLoss(net, product);
    const [whole, parts] = [gradientOf(product), gradientOf(net)];
    const [dW, db] = [matrixNamed(whole, 'dW1'), matrixNamed(whole, 'db1')];
    // dWˡ = Uᵀ(dW Vᵀ + db cᵀ), where U stands for the layers above and Va + c for those below.
    let [V, c] = [scaledIdentity(net.X.rows), matrix(net.X.rows, 1)];
    for (const [l, layer] of net.layers.entries()) {
      const U = net.layers
        .slice(l + 1)
        .reduce((M, above) => multiply(above.W, M), scaledIdentity(layer.W.rows));
      const expected = {
        [`dW${l + 1}`]: multiply(transpose(U), add(multiplyTransposed(dW, V), multiplyTransposed(db, c))),
        [`db${l + 1}`]: multiply(transpose(U), db),
      };
      for (const [name, { data }] of Object.entries(expected)) {
        const found = named(parts, name);
        const size = Math.max(1, largest(found), largest(dW.data) * largest(U.data) * (1 + largest(V.data)));
        expect(
          outside(
            found,
            data,
            data.map(() => 1e-10 * size),
          ),
          name,
        ).toEqual([]);
      }
      V = multiply(layer.W, V);
      c = add(multiply(layer.W, c), matrix(layer.b.length, 1, layer.b));
    }
  }, linear);
});

const scaledIdentity = (n: number): Matrix =>
  matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, e) => (e % (n + 1) === 0 ? 1 : 0)),
  );

test('a small step down the gradient lowers the loss, by what the gradient says', () => {
  const property = fc.property(genericRecipes, (recipe) => {
    const net = networkOf(recipe);
    const gradient = gradientOf(net);
    const norm = gradient.reduce((sum, { data }) => sum + data.reduce((total, g) => total + g * g, 0), 0);
    const before = loss(forward(net)).total;
    fc.pre(norm > 1e-6 * before ** 2 && norm > 1e-12);
    const step = 1e-6 / Math.sqrt(norm);
    for (const [l, { data }] of parameters(net).entries())
      data.forEach((value, i) => {
        data[i] = value - step * gradient[l]!.data[i]!;
      });
    const fall = (before - loss(forward(net)).total) / step;
    expect(Math.abs(fall / norm - 1)).toBeLessThan(0.01);
  });
  fc.assert(property, RUNS);
});

describe('an objective that is another one in other words', () => {
  test.each<[string, Partial<Objective>, Partial<Objective>, (net: Network) => number]>([
    ['the sum is N times the mean', { reduction: 'sum' }, { reduction: 'mean' }, ({ X }) => X.cols],
    [
      'the mean of all entries is the mean over C',
      { reduction: 'mean-of-entries' },
      { reduction: 'mean' },
      ({ Y }) => 1 / Y.rows,
    ],
  ])('%s', (_, one, other, factor) => {
    always((net) => {
      const [a, b] = [one, other].map((changes) => withoutPenalty({ ...net, ...changes }));
      expectSame(b!, a!, (found) =>
        found.map((tensor) => ({ ...tensor, data: tensor.data.map((g) => factor(net) * g) })),
      );
    });
  });

  test.each<[Objective['penalty'], (net: Network) => number]>([
    ['full', () => 2],
    ['half-over-n', ({ X }) => 1 / X.cols],
  ])('the penalty %s is half the squares of another λ', (penalty, factor) => {
    always((net) => {
      const other = { ...net, penalty: 'half', reg: factor(net) * net.reg } as const;
      expectSame(other, { ...net, penalty }, (found) => [...found]);
    });
  });

  test('a squared error is twice the half of it', () => {
    always((net) => {
      fc.pre(net.loss.includes('squared'));
      const [whole, half] = (['squared-error', 'half-squared-error'] as const).map((own) =>
        withoutPenalty({ ...net, loss: own }),
      );
      const halves = gradientOf(half!);
      for (const [l, { name, data }] of gradientOf(whole!).entries()) {
        const twice = halves[l]!.data.map((g) => 2 * g);
        const allowed = data.map(() => 2 ** -1000); // exact, but for what underflows
        expect(outside(data, twice, allowed), name).toEqual([]);
      }
    });
  });

  test('one sigmoid is a softmax of two, of which the other logit is 0', () => {
    const binary = genericRecipes.map((recipe) => ({
      ...recipe,
      widths: [...recipe.widths.slice(0, -1), 1],
      biased: true,
    }));
    always((any) => {
      const net: Network = {
        ...any,
        output: 'sigmoid',
        loss: 'cross-entropy',
        reduction: 'mean',
        Y: map(any.Y, (t) => (t > 0.5 ? 1 : 0)),
      };
      const last = net.layers.length;
      const layers = net.layers.map((layer) =>
        layer.number === last
          ? { ...layer, W: underlaid(layer.W), b: Float64Array.of(...layer.b, 0) }
          : layer,
      );
      const Y = matrix(2, net.Y.cols, Float64Array.of(...net.Y.data, ...net.Y.data.map((t) => 1 - t)));
      const two: Network = { ...net, output: 'softmax', layers, Y };
      expectSameLoss(two, net);
      expectSame(two, net, (found) =>
        found.map((tensor) => {
          if (tensor.name !== `dW${last}` && tensor.name !== `db${last}`) return tensor;
          return { ...tensor, data: tensor.data.subarray(0, tensor.data.length / 2) };
        }),
      );
    }, binary);
  });

  test('tanh z is 2σ(2z) − 1', () => {
    const two = genericRecipes.map((recipe) => ({
      ...recipe,
      widths: [...recipe.widths.slice(0, 2), recipe.widths.at(-1)!],
      activations: ['tanh'] as const,
      biased: true,
      reg: 0,
    }));
    always((net) => {
      const [first, second] = net.layers as [Layer, Layer];
      const ones = matrix(second.W.cols, 1, new Float64Array(second.W.cols).fill(1));
      const shift = multiply(second.W, ones).data;
      const sigmoid: Network = {
        ...net,
        layers: [
          { ...first, W: scale(2, first.W), b: first.b.map((b) => 2 * b), activation: 'sigmoid' },
          { ...second, W: scale(2, second.W), b: second.b.map((b, i) => b - shift[i]!) },
        ],
      };
      expectSameLoss(sigmoid, net);
      expectSame(sigmoid, net, (found) => {
        const db2 = named(found, 'db2');
        return found.map((tensor) => {
          if (tensor.name === 'db2') return tensor;
          const less = (e: number): number =>
            tensor.name === 'dW2' ? db2[Math.floor(e / second.W.cols)]! : 0;
          return { ...tensor, data: tensor.data.map((g, e) => 2 * g - less(e)) };
        });
      });
    }, two);
  });

  test('a leaky ReLU of slope 1 is the identity, and of slope 0 a ReLU, to the last bit', () => {
    always((net) => {
      const as = (change: (layer: Layer) => Layer['activation']): Tensor[] =>
        gradientOf({
          ...net,
          layers: net.layers.map((layer) => ({ ...layer, activation: layer.activation && change(layer) })),
        });
      expect(as(() => ({ 'leaky-relu': 1 }))).toEqual(as(() => 'identity'));
      expect(as(() => ({ 'leaky-relu': 0 }))).toEqual(as(() => 'relu'));
    });
  });
});

/** M above a row of zeros. */
const underlaid = (M: Matrix): Matrix =>
  matrix(M.rows + 1, M.cols, Float64Array.of(...M.data, ...new Float64Array(M.cols)));
