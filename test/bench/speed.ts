import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { backprop } from '../../src/core/backprop.ts';
import { forward } from '../../src/core/forward.ts';
import { loss } from '../../src/core/loss.ts';
import { type Matrix, map } from '../../src/core/matrix.ts';
import type { Network } from '../../src/core/network.ts';
import { measure } from '../../src/gradcheck/measure.ts';
import { networkOf } from '../networks.ts';
import { pythonWith } from '../python.ts';

/*
 * How fast is it, beside CS231n's loop and backprop in NumPy? `npm run bench:speed -- [rounds]`: bundled, for tsx names
 * every closure, which takes time. One process of each, asked in turn for some 50 ms; that both do the same work is
 * checked first. Processor time, and the median of the ratios within a round with the smallest and the largest: on a
 * busy machine the times themselves tell little.
 */

/** D, H, C, N. */
const SIZES = [
  ['textbook', 3, 4, 5, 2],
  ['Iris', 4, 16, 3, 150],
  ['64-32-10', 64, 32, 10, 128],
  ['digits', 64, 64, 10, 1797],
  ['MNIST', 784, 100, 10, 128],
] as const;

/** The loop over more parameters than these is told from the first of each tensor. */
const MOST_ENTRIES = 50;

const python = pythonWith('json');
if (python === undefined) process.exit(1);
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const peer = spawn(python, ['test/bench/cs231n.py'], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...env, OPENBLAS_NUM_THREADS: '1' },
});
const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

/** Asks the NumPy process. */
async function ask<Answer>(question: object): Promise<Answer> {
  peer.stdin.write(`${JSON.stringify(question)}\n`);
  const { value, done } = await lines.next();
  if (done) throw new Error('the NumPy process has ended');
  return JSON.parse(value);
}

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

interface Results {
  readonly loss: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly numerical: Readonly<Record<string, readonly number[]>>;
}

/** @throws Error unless both compute the same loss, gradient and numerical gradient */
async function expectEqualWork(network: Network): Promise<void> {
  const theirs = await ask<Results>({ ask: 'results' });
  const pass = forward(network);
  const close = (what: string, a: number, b: number, rtol: number): void => {
    if (!(Math.abs(a - b) <= rtol * Math.abs(a))) throw new Error(`${what}: ${a} here, ${b} in NumPy`);
  };
  close('loss', loss(pass).total, theirs.loss, 1e-12);
  for (const { name, data } of backprop(pass)) {
    const sum = data.reduce((total, value) => total + Math.abs(value), 0);
    close(name, sum, theirs.sums[name]!, 1e-9);
  }
  for (const { slopes } of measure(pass).tensors) {
    const size = slopes.central.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of theirs.numerical[slopes.name]!.entries())
      if (!(Math.abs(slopes.central[i]! - value) <= 1e-6 * size))
        throw new Error(`numerical ${slopes.name}: ${slopes.central[i]} here, ${value} in NumPy`);
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

/** So many times as fill 50 ms, once the compiler is through. */
function timesOf(run: () => unknown): number {
  timeOf(run, 3);
  const start = processorTime();
  while (processorTime() - start < 0.5) run();
  return Math.max(1, Math.round(0.05 / timeOf(run, Math.max(1, Math.round(0.05 / timeOf(run, 1))))));
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)]!;

/** Theirs and ours in turn: the ratios, and the medians of the times. */
async function compared(rounds: number, ours: () => unknown, theirs: () => Promise<number>): Promise<string> {
  const times = timesOf(ours);
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await theirs(), timeOf(ours, times)]);
  const ratios = sorted(pairs.map(([their, our]) => their / our));
  const ms = (seconds: readonly number[]): string => (1e3 * median(seconds)).toPrecision(3);
  const their = ms(pairs.map(([own]) => own));
  const our = ms(pairs.map(([, own]) => own));
  const range = `${ratios[0]!.toPrecision(3)} to ${ratios.at(-1)!.toPrecision(3)}`;
  return `${their} | ${our} | ${median(ratios).toPrecision(3)} | ${range}`;
}

interface Timed {
  readonly seconds: number;
  readonly entries?: number;
}

const rounds = Number(process.argv[2] ?? 9);
const rows: string[] = [];
for (const [name, D, H, C, N] of SIZES) {
  const network = networkOfSize(D, H, C, N);
  const { parameters } = await ask<{ parameters: number }>(configOf(network));
  await expectEqualWork(network);
  const whole = parameters <= MOST_ENTRIES;
  const loop = async (): Promise<number> => {
    const asked = { ask: 'numerical', entries: whole ? parameters : 10, times: whole ? 20 : 1 };
    const { seconds, entries = parameters } = await ask<Timed>(asked);
    return (seconds / entries) * parameters;
  };
  const theirBackprop = async (): Promise<number> => {
    const { seconds } = await ask<Timed>({ ask: 'backprop', times: 1 });
    return (await ask<Timed>({ ask: 'backprop', times: Math.max(1, Math.round(0.05 / seconds)) })).seconds;
  };
  const pass = forward(network);
  const shape = `${name} (${[D, H, C, N].join(', ')})`;
  const numerical = await compared(rounds, () => measure(pass), loop);
  rows.push(
    `| ${shape} | numerical gradient, error bars${whole ? '' : ' (the loop extrapolated)'} | ${numerical} |`,
  );
  const analytic = await compared(
    rounds,
    () => {
      const own = forward(network);
      return [loss(own), backprop(own)];
    },
    theirBackprop,
  );
  rows.push(`| ${shape} | loss and backprop | ${analytic} |`);
}
peer.stdin.end();
process.stdout.write(`${cpus()[0]?.model}, Node ${process.version}, one thread each, ${rounds} rounds

| network (D, H, C, N) | | NumPy, ms | fcnet, ms | times as fast | in all rounds |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`);
