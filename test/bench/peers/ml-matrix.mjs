import { Matrix } from 'ml-matrix';
import { serve } from './serve.mjs';

await serve(({ X: rows, y, reg, W1: W1rows, b1, W2: W2rows, b2 }) => {
  const [X, W1, W2] = [rows, W1rows, W2rows].map((matrix) => new Matrix(matrix));
  const N = y.length;

  /** Loss and gradients, as one writes them with ml-matrix. */
  function backprop() {
    const a = W1.mmul(X).addColumnVector(b1);
    a.mul(-1).exp().add(1).pow(-1);
    const d2 = W2.mmul(a).addColumnVector(b2);
    d2.subRowVector(d2.max('column')).exp();
    d2.divRowVector(d2.sum('column'));
    let loss = 0;
    for (let n = 0; n < N; n++) {
      loss -= Math.log(d2.get(y[n], n));
      d2.set(y[n], n, d2.get(y[n], n) - 1);
    }
    d2.div(N);
    const slope = Matrix.mul(a, Matrix.sub(Matrix.ones(a.rows, a.columns), a));
    const d1 = W2.transpose().mmul(d2).mul(slope);
    return {
      loss: loss / N + 0.5 * reg * (W1.norm() ** 2 + W2.norm() ** 2),
      dW1: d1.mmul(X.transpose()).add(Matrix.mul(W1, reg)),
      db1: d1.sum('row'),
      dW2: d2.mmul(a.transpose()).add(Matrix.mul(W2, reg)),
      db2: d2.sum('row'),
    };
  }

  const read = ({ loss, dW1, db1, dW2, db2 }) => ({
    loss,
    dW1: dW1.to1DArray(),
    db1,
    dW2: dW2.to1DArray(),
    db2,
  });
  return { backprop, read };
});
