import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { serve } from './serve.mjs';

await init('wasm');
defaultDevice('wasm');

await serve((config) => {
  const matrixOf = (rows) => np.array(Float32Array.from(rows.flat())).reshape([rows.length, rows[0].length]);
  const columnOf = (values) => np.array(Float32Array.from(values)).reshape([values.length, 1]);
  const [X, W1, W2] = [config.X, config.W1, config.W2].map(matrixOf);
  const [b1, b2] = [config.b1, config.b2].map(columnOf);
  const N = config.y.length;
  const labels = config.W2.map((_, k) => config.y.map((label) => (label === k ? 1 : 0)));
  const targets = matrixOf(labels);
  const penalty = 0.5 * config.reg;

  /** J, of which jax-js takes the gradient; what is used again is counted by .ref. */
  function lossOf({ V1, c1, V2, c2 }, inputs, wanted) {
    const a = nn.sigmoid(np.matmul(V1.ref, inputs).add(c1));
    const z = np.matmul(V2.ref, a).add(c2);
    const data = np.sum(wanted.mul(nn.logSoftmax(z, 0))).mul(-1 / N);
    return data.add(
      np
        .sum(np.square(V1))
        .add(np.sum(np.square(V2)))
        .mul(penalty),
    );
  }

  const lossAndGradients = jit(valueAndGrad(lossOf));
  const backprop = () =>
    lossAndGradients({ V1: W1.ref, c1: b1.ref, V2: W2.ref, c2: b2.ref }, X.ref, targets.ref);
  const read = async ([value, { V1, c1, V2, c2 }]) => {
    const arrays = await Promise.all([value, V1, c1, V2, c2].map((array) => array.data()));
    const [loss, dW1, db1, dW2, db2] = arrays;
    return { loss: loss[0], dW1, db1, dW2, db2 };
  };
  return { backprop, read };
});
