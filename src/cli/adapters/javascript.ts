export const javascript = `// Fill in the place below, then: fcnet compare net.json --against "node adapter.mjs"
// Arrays lie as in net.json: X inputs x samples, W1 outputs x inputs; with --give rows,in-out the other way round.
import { readFileSync } from 'node:fs';

const net = JSON.parse(readFileSync(0, 'utf8'));
const grads = {};

// your code here: from net.X, net.y, net.W1, net.b1, ..., net.reg to grads.dW1 (an array of rows), grads.db1, ...

/** Typed arrays as plain ones; NaN and infinities, which JSON does not have, as words. */
const written = (key, value) => {
  if (ArrayBuffer.isView(value)) return Array.from(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
};
console.log(JSON.stringify(grads, written));
`;
