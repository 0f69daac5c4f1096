import { fileURLToPath } from 'node:url';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { serve } from './serve.mjs';

setWasmPaths(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)));
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

await serve((config) => {
  const [X, W1, W2] = ['X', 'W1', 'W2'].map((name) => tf.tensor2d(config[name]));
  const [b1, b2] = ['b1', 'b2'].map((name) => tf.tensor2d(config[name], [config[name].length, 1]));
  const targets = tf.tidy(() =>
    tf.cast(tf.transpose(tf.oneHot(tf.tensor1d(config.y, 'int32'), W2.shape[0])), 'float32'),
  );
  /** Loss and gradients, as cs231n.py has them: the core of TensorFlow.js brings no gradients to Node. */
  const backprop = () =>
    tf.tidy(() => {
      const a = tf.sigmoid(tf.add(tf.matMul(W1, X), b1));
      const z = tf.add(tf.matMul(W2, a), b2);
      const shifted = tf.sub(z, tf.max(z, 0, true));
      const logs = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 0, true)));
      const data = tf.div(tf.neg(tf.sum(tf.mul(targets, logs))), config.y.length);
      const squares = tf.add(tf.sum(tf.square(W1)), tf.sum(tf.square(W2)));
      const d2 = tf.div(tf.sub(tf.exp(logs), targets), config.y.length);
      const d1 = tf.mul(tf.matMul(W2, d2, true), tf.mul(a, tf.sub(1, a)));
      return {
        loss: tf.add(data, tf.mul(0.5 * config.reg, squares)),
        dW1: tf.add(tf.matMul(d1, X, false, true), tf.mul(config.reg, W1)),
        db1: tf.sum(d1, 1),
        dW2: tf.add(tf.matMul(d2, a, false, true), tf.mul(config.reg, W2)),
        db2: tf.sum(d2, 1),
      };
    });

  const read = async (results) => {
    const arrays = await Promise.all(
      Object.entries(results).map(async ([name, tensor]) => [name, await tensor.data()]),
    );
    tf.dispose(results);
    const { loss, ...gradients } = Object.fromEntries(arrays);
    return { loss: loss[0], ...gradients };
  };
  return { backprop, read };
});
