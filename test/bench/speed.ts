import { cpus } from 'node:os';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { type Matrix, map } from '../../src/core/matrix.ts';
import type { Network } from '../../src/core/network.ts';
import { inPassing } from '../../src/core/zeros.ts';
import { measure } from '../../src/gradcheck/measure.ts';
import { networkOf } from '../networks.ts';
import { type Peer, peersHere } from './peers.ts';

/*
 * How fast is it, beside others? `npm run bench -- [rounds]`: bundled, for tsx names every closure, which takes time.
 * One process of each, asked in turn for some 50 ms; that all do the same work is checked first. Processor time, and
 * the median of the ratios within a round with the smallest and the largest: on a busy machine the times themselves
 * tell little.
 */

/** D, H, C, N. */
const SIZES = [
  ['textbook', 3, 4, 5, 2],
  ['Iris', 4, 16, 3, 150],
  ['64-32-10', 64, 32, 10, 128],
  ['digits', 64, 64, 10, 1797],
  ['MNIST', 784, 100, 10, 128],
  ['MNIST, wide', 784, 256, 10, 512],
] as const;

/** How closely sums over a gradient agree. */
const CLOSE = { float64: 1e-9, float32: 1e-3 };

/** The loop over parameters of a network as large as the largest says no more, and takes minutes. */
const MOST_PARAMETERS = 100_000;

/** A network of one hidden layer, of order 1. */
function networkOfSize(D: number, H: number, C: number, N: number): Network {
  const recipe = { widths: [D, H, C], N, activations: ['sigmoid'], weightScale: 1, inputScale: 1 } as const;
  const network = networkOf({ ...recipe, softTargets: false, reg: 0.01, seed: 1 });
  const layers = network.layers.map((layer) => ({
    ...layer,
    W: map(layer.W, (w) => w / Math.sqrt(layer.W.cols)),
  }));
  return { ...network, layers };
}

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);

function configOf({ X, Y, reg, layers: [one, two] }: Network): object {
  const y = Array.from({ length: Y.cols }, (_, n) => rowsOf(Y).findIndex((row) => row[n] === 1));
  return {
    ...{ X: rowsOf(X), y, reg },
    ...{ W1: rowsOf(one!.W), b1: [...one!.b], W2: rowsOf(two!.W), b2: [...two!.b] },
  };
}

/** @throws Error unless a peer computes the same loss, gradient and numerical gradient */
async function expectEqualWork(network: Network, peer: Peer): Promise<void> {
  const theirs = await peer.results();
  const pass = forward(network);
  const close = (what: string, a: number, b: number | undefined, within: number): void => {
    if (!(Math.abs(a - (b ?? Number.NaN)) <= within))
      throw new Error(`${what}: ${a} here, ${b} in ${peer.name}`);
  };
  const rtol = CLOSE[peer.precision];
  const { total } = loss(pass);
  close('loss', total, theirs.loss, rtol * total);
  for (const { name, data } of backprop(pass)) {
    const sum = data.reduce((all, value) => all + Math.abs(value), 0);
    close(name, sum, theirs.sums[name], rtol * sum);
  }
  for (const { slopes } of theirs.numerical?.dW1 ? measure(pass).tensors : []) {
    const size = slopes.central.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of theirs.numerical![slopes.name]!.entries())
      close(`numerical ${slopes.name}`, slopes.central[i]!, value, 1e-6 * size);
  }
}

/** Seconds of a processor that this process has taken. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What a run takes of it, the mean of so many. */
function timeOf(run: () => unknown, times: number): number {
  const start = processorTime();
  for (let i = 0; i < times; i++) run();
  return (processorTime() - start) / times;
}

/**
 * Seconds that a run is given first. A check of 3-4-5 takes some 4,000 of them until all of it is compiled, 0.7 s in all;
 * what is measured before that is mostly the compiler.
 */
const WARM_UP = 2;

/** So many times as fill 50 ms, once the compiler is through. */
function timesOf(run: () => unknown): number {
  timeOf(run, 3);
  const start = processorTime();
  while (processorTime() - start < WARM_UP) run();
  return Math.max(1, Math.round(0.05 / timeOf(run, Math.max(1, Math.round(0.05 / timeOf(run, 1))))));
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!;

/** What peers and ours take, in turn: a row of the table for each peer. */
async function compared(
  what: string,
  ours: () => unknown,
  theirs: readonly (readonly [name: string, seconds: () => Promise<number>])[],
): Promise<string[]> {
  const times = timesOf(ours);
  const own: number[] = [];
  const others = theirs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    own.push(timeOf(ours, times));
    for (const [k, [, seconds]] of theirs.entries()) others[k]!.push(await seconds());
  }
  return theirs.map(([name], k) => {
    const ratios = sorted(others[k]!.map((seconds, round) => seconds / own[round]!));
    const [least, most] = [ratios[0]!, ratios.at(-1)!].map((ratio) => ratio.toPrecision(3));
    const cells = [ms(others[k]!), ms(own), median(ratios).toPrecision(3), `${least} to ${most}`];
    return `| ${[what, name, ...cells].join(' | ')} |`;
  });
}

const ms = (seconds: readonly number[]): string => (1e3 * median(seconds)).toPrecision(3);

const rounds = Number(process.argv[2] ?? 9);
const peers = peersHere();
const rows: string[] = [];
for (const [name, D, H, C, N] of SIZES) {
  const network = networkOfSize(D, H, C, N);
  for (const peer of peers) {
    await peer.take(configOf(network));
    await expectEqualWork(network, peer);
  }
  const pass = forward(network);
  const parameters = H * (D + 1) + C * (H + 1);
  const looping = peers.filter(
    ({ numerical }) => parameters <= Math.min(numerical?.most ?? 0, MOST_PARAMETERS),
  );
  const shape = `${name} (${[D, H, C, N].join(', ')})`;
  rows.push(
    ...(await compared(
      `${shape} | numerical gradient, error bars`,
      () => measure(pass),
      looping.map((peer) => [peer.numerical!.name, () => peer.numericalGradient(parameters)]),
    )),
    ...(await compared(
      `${shape} | loss and backprop`,
      () => {
        // As in training: what is computed is done with before the next step.
        inPassing(() => {
          const own = forward(network, { slopes: true });
          return [loss(own), backprop(own)];
        });
      },
      peers.map((peer) => [
        peer.precision === 'float32' ? `${peer.name} (float32)` : peer.name,
        () => peer.backprop(),
      ]),
    )),
  );
  process.stderr.write(`${shape}\n`);
}
for (const peer of peers) peer.end();
process.stdout.write(`${cpus()[0]?.model}, Node ${process.version}, one thread each, ${rounds} rounds

| network (D, H, C, N) | | beside | theirs, ms | fcnet, ms | times as fast | in all rounds |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`);
