/**
 * Right float32 gradients of real size: wide layers and many samples, where sums of thousands of terms drift. The
 * answers of PyTorch, NumPy and plain loops to networks whose numbers are random, equal, sorted or all positive,
 * judged as `compare` judges references; and how small an error is still found in them.
 *
 *     npx tsx test/bench/wide.ts [--seeds 2]
 *
 * PyTorch is that of $FCNET_PYTHON, python3 or /usr/bin/python3, and left out where none of them has it.
 */
import { parseArgs } from 'node:util';
import { type Matrix, map, matrix } from '../../src/core/matrix.ts';
import { type Network, oneHot } from '../../src/core/network.ts';
import { TEXTBOOK } from '../../src/core/objective.ts';
import { type RandomNumbers, randomNumbers } from '../../src/core/random.ts';
import type { Reference } from '../../src/reference/reference.ts';
import { pythonWith } from '../python.ts';
import { analytic, ask, judge, type Library, largestEntry, refused, smallestCaught } from './live.ts';
import { plainLoops } from './plain-float32.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '2' } } });

/** D, H, C and N. */
const SIZES = [
  [128, 8, 3, 8],
  [784, 16, 10, 8],
  [2048, 8, 10, 4],
  [4096, 8, 3, 4],
  [16, 1000, 10, 8],
  [8, 4096, 3, 4],
  [64, 32, 10, 1797],
  [4, 8, 3, 3000],
  [4, 8, 3, 20000],
  [4, 8, 3, 60000],
] as const;

/** Of X, and of the weights. */
const KINDS = {
  random: (random: RandomNumbers) => () => random.normal(),
  'all positive': (random: RandomNumbers) => () => random.uniform(),
  equal: () => () => 0.7,
  'few values': (random: RandomNumbers) => () => Math.floor(3 * random.uniform()) / 2,
  pixels: (random: RandomNumbers) => () => Math.floor(256 * random.uniform() ** 4),
} as const;
type Kind = keyof typeof KINDS;

interface Case {
  readonly name: string;
  readonly network: Network;
}

function networkOf(
  [D, H, C, N]: (typeof SIZES)[number],
  ofX: Kind,
  ofW: Kind,
  sorted: boolean,
  seed: number,
): Case {
  const drawn = (name: string, rows: number, cols: number, kind: Kind, scale: number): Matrix => {
    const next = KINDS[kind](randomNumbers(seed, name));
    return map(matrix(rows, cols), () => Math.fround(scale * next()));
  };
  const X = drawn('X', D, N, ofX, ofX === 'pixels' ? 1 / 64 : 1);
  if (sorted) X.data.sort();
  const labels = randomNumbers(seed, 'y');
  const y = Array.from({ length: N }, () => Math.floor(C * labels.uniform()));
  const layers = [
    {
      number: 1,
      W: drawn('W1', H, D, ofW, 1 / Math.sqrt(D)),
      b: drawn('b1', H, 1, 'random', 0.1).data,
      activation: 'tanh' as const,
    },
    {
      number: 2,
      W: drawn('W2', C, H, 'random', 1 / Math.sqrt(H)),
      b: drawn('b2', C, 1, 'random', 0.1).data,
      activation: undefined,
    },
  ];
  const name = `${[D, H, C].join('-')}, N = ${N}, X ${ofX}${sorted ? ', sorted' : ''}, W1 ${ofW}, seed ${seed}`;
  return { name, network: { ...TEXTBOOK, layers, biased: true, reg: Math.fround(1e-3), X, Y: oneHot(y, C) } };
}

const cases = SIZES.flatMap((size) =>
  (
    [
      ['random', 'random', false],
      ['random', 'random', true],
      ['all positive', 'random', false],
      ['all positive', 'all positive', false],
      ['equal', 'equal', false],
      ['few values', 'random', false],
      ['pixels', 'random', false],
    ] as const
  ).flatMap(([ofX, ofW, sorted]) =>
    Array.from({ length: Number(values.seeds) }, (_, seed) => networkOf(size, ofX, ofW, sorted, seed)),
  ),
);

const torch = pythonWith('torch');
const numpy = pythonWith('numpy');
const libraries: Library[] = [
  ...(torch ? [{ name: 'PyTorch', python: torch, twin: ['pytorch_net'] }] : []),
  ...(numpy ? [{ name: 'NumPy', python: numpy, twin: ['numpy_net'] }] : []),
];
const peers: { name: string; answer: (network: Network) => Reference }[] = [
  ...libraries.map((library) => ({
    name: library.name,
    answer: (network: Network) => ask(library, 'float32', [network])[0]!,
  })),
  { name: 'plain loops', answer: (network) => plainLoops(network, false) },
  { name: 'plain loops, downwards', answer: (network) => plainLoops(network, true) },
];

const found = new Map(
  peers.map(({ name }) => [
    name,
    { alarms: [] as string[], share: 0, caught: [] as number[], open: 0, tensors: 0 },
  ]),
);
let slowest = { ms: 0, name: '' };
for (const { name, network } of cases) {
  const check = analytic(network);
  for (const peer of peers) {
    const reference = peer.answer(network);
    const started = performance.now();
    const verdict = judge(reference, check);
    const ms = performance.now() - started;
    if (ms > slowest.ms) slowest = { ms, name: `${name}, ${peer.name}` };
    const count = found.get(peer.name)!;
    const wrong = refused(verdict);
    if (wrong.length > 0) count.alarms.push(`${name}: ${wrong.join(', ')}`);
    for (const [l, tensor] of verdict.tensors.entries()) {
      const ours = check.tensors[l]!.analytic;
      const theirs = tensor.reference!.data;
      const { verdicts, allowed } = tensor.verdict!;
      const i = largestEntry(ours);
      count.tensors++;
      count.share = ours.reduce(
        (most, a, j) => Math.max(most, Math.abs(a - theirs[j]!) / allowed[j]!),
        count.share,
      );
      if (verdicts[i] === 'inconclusive') count.open++;
      else
        count.caught.push(
          smallestCaught(tensor.verdict!, i, ours[i]!, theirs[i]!) ?? Number.POSITIVE_INFINITY,
        );
    }
  }
  process.stderr.write(`${name}\n`);
}

const quantile = (sizes: readonly number[], q: number): string =>
  [...sizes].sort((a, b) => a - b)[Math.ceil(q * sizes.length) - 1]?.toExponential(1) ?? '–';
const lines = [
  '| peer | networks | false alarms | largest difference / allowed | tensors | of which open | smallest error found: median | 99% |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...[...found].map(
    ([name, { alarms, share, caught, open, tensors }]) =>
      `| ${name} | ${cases.length} | ${alarms.length} | ${share.toFixed(2)} | ${tensors} | ${open} | ${quantile(caught, 0.5)} | ${quantile(caught, 0.99)} |`,
  ),
  '',
  `The slowest took ${slowest.ms.toFixed(0)} ms to judge: ${slowest.name}.`,
  ...[...found].flatMap(([name, { alarms }]) => alarms.map((alarm) => `- false alarm of ${name}, ${alarm}`)),
];
process.stdout.write(`${lines.join('\n')}\n`);
