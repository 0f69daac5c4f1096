import fc from 'fast-check';
import { type Change, changed, entry, raw, sizeOf, type Tree, treeOf } from './tree.ts';

/** Values at limits, of other types, and texts that are none. */
const values = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('0', '1', '-1', '2', '3', '0.5', '1e308', '-1e308', '5e-324', '-0'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('1e999', '-1e999', 'NaN', '-Infinity', '"NaN"', '"Infinity"', '1e21'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('null', 'true', '[]', '{}', '[[]]', '[[[1]]]', '""', '"relu"', '"rows"'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('9007199254740993', '4294967296', '-2147483649', '1.0', '1e3', '01', '.5'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{"file": "net.npz", "key": "W1"}',
      '{"file": "w.npy"}',
      '{"file": "gone.npz"}',
      '{"file": "/dev/zero"}',
      '{"file": "/proc/self/fd/0"}',
      '{"file": "../../../../etc/passwd"}',
      '{"shape": [2, 3], "constant": 1}',
      '{"shape": [3], "normal": {"mean": 0, "std": 1}}',
      '{"shape": [1e9, 1e9], "constant": 0}',
      '{"shape": [2, 2], "uniform": {"low": 1, "high": -1e308}}',
      '{"shape": [2, 2], "constant": 1, "normal": {}}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"\\u202e\\u0007\\u001b[31m"',
      '"::error::gone"',
      '"##vso[task.setvariable]x"',
      `"${'long '.repeat(500)}"`,
      '"\\ud800"',
      "'single'",
      'undefined',
      '/* none */ 1',
      `${'['.repeat(500)}${']'.repeat(500)}`,
      `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
    ),
  },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
);

const keys = fc.oneof(
  fc.constantFrom('X', 'y', 'W1', 'W2', 'b1', 'b2', 'W3', 'w1', 'dW1', 'db1', 'reg', 'lambda', 'activation'),
  fc.constantFrom('output', 'loss', 'reduction', 'penalty', 'samples', 'weights', 'biases', 'seed', 'name'),
  fc.constantFrom('reference', 'gradients', 'logits', 'dtype', 'total', 'Total', 'data', 'learningRate'),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '',
    'W0',
    'W999999',
    'W1000000',
    'fc1.weight',
    '0.bias',
  ),
  fc.constantFrom('\u202ekey', 'key\u0000', '::warning::', 'k'.repeat(3000), '\ud800'),
  fc.string({ maxLength: 8 }),
);

/** A key, each character of which may be written as an escape. */
const spelled = (key: string, escaped: boolean): string =>
  escaped
    ? `"${Array.from({ length: key.length }, (_, i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(key);

/** What one change may do to a part of a document. */
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Change>(() => []) },
  {
    weight: 4,
    arbitrary: values.map(
      (text): Change =>
        () => [raw(text)],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ escaped: fc.boolean(), other: fc.option(values) }).map(
      ({ escaped, other }): Change =>
        (part, own) => {
          const value = other === null ? part : raw(other);
          if (own === undefined) return [part, value];
          return [own, { ...own, spelling: spelled(own.key, escaped), value }];
        },
    ),
  },
  {
    weight: 2,
    arbitrary: keys.map(
      (key): Change =>
        (part, own) =>
          own === undefined ? [part] : [entry(key, part)],
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ key: keys, text: values }).map(
      ({ key, text }): Change =>
        (part, own) =>
          own === undefined ? [part, raw(text)] : [own, entry(key, raw(text))],
    ),
  },
  { weight: 1, arbitrary: fc.constant<Change>((part) => [{ kind: 'array', items: [part] }]) },
  { weight: 1, arbitrary: fc.constant<Change>((part) => [insideOf(part)]) },
  { weight: 1, arbitrary: fc.constant<Change>((part) => [turned(part)]) },
  { weight: 1, arbitrary: fc.constant<Change>((part) => [repeated(part, 40)]) },
);

/** What an array holds, without it. */
const insideOf = (part: Tree): Tree => (part.kind === 'array' ? (part.items[0] ?? part) : part);

/** A matrix transposed. */
function turned(part: Tree): Tree {
  if (part.kind !== 'array') return part;
  const rows = part.items.map((item) => (item.kind === 'array' ? item.items : [item]));
  const columns = (rows[0] ?? []).map((_, j) => rows.flatMap((row) => row[j] ?? []));
  return { kind: 'array', items: columns.map((items) => ({ kind: 'array', items })) };
}

const repeated = (part: Tree, times: number): Tree =>
  part.kind === 'array' ? { ...part, items: Array(times).fill(part.items).flat() } : part;

/** A document with a few changes at places drawn evenly, or none. */
export const mutated = (document: unknown, most = 2): fc.Arbitrary<Tree> =>
  fc
    .array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), change }), {
      maxLength: most,
    })
    .map((changes) =>
      changes.reduce(
        (tree, { at, change: apply }) => changed(tree, Math.floor(at * sizeOf(tree)), apply),
        treeOf(document),
      ),
    );

/** Bytes with some flipped, left out at the end, or added there. */
export const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      flips: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0x22, 0x5c, 0x7f, 0x80, 0xff)),
        }),
        { maxLength: 4 },
      ),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 }),
      more: fc.oneof(
        { weight: 5, arbitrary: fc.constant(new Uint8Array()) },
        fc.uint8Array({ maxLength: 40 }),
      ),
    })
    .map(({ flips, cut, more }) => {
      const copy = Uint8Array.from(bytes);
      for (const { at, byte } of flips) copy[Math.floor(at * copy.length)] = byte;
      return Buffer.concat([cut === null ? copy : copy.subarray(0, Math.floor(cut * copy.length)), more]);
    });
