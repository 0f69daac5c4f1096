import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pythonWith } from '../python.ts';

/** What a peer makes of a network: to be the same as ours. */
export interface Results {
  readonly loss: number;
  /** Σ|.| of each gradient */
  readonly sums: Readonly<Record<string, number>>;
  /** the first entries of each numerical gradient, of those who take it one by one */
  readonly numerical?: Readonly<Record<string, readonly number[]>>;
}

interface Timed {
  readonly seconds: number;
  readonly entries?: number;
}

/** Another who computes the same: a process that is asked over and over, and tells the processor time that it takes. */
export class Peer {
  readonly name: string;
  readonly precision: 'float64' | 'float32';
  /** up to so many parameters it takes the numerical gradient, and so many it must take at least; none where it cannot */
  readonly numerical: { readonly most: number; readonly least: number; readonly name: string } | undefined;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(
    name: string,
    command: readonly [string, ...string[]],
    { precision = 'float64', numerical }: Partial<Pick<Peer, 'precision' | 'numerical'>> = {},
  ) {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    const [program, ...args] = command;
    this.name = name;
    this.precision = precision;
    this.numerical = numerical;
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
    });
    this.#process = child;
    this.#answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  async #ask<Answer>(question: object): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`the process of ${this.name} has ended`);
    return JSON.parse(value);
  }

  /** Hands it the network that the next questions are about. */
  readonly take = (config: object): Promise<object> => this.#ask(config);

  readonly results = (): Promise<Results> => this.#ask({ ask: 'results' });

  /** Seconds that loss and gradient take, the mean of some 50 ms. */
  async backprop(): Promise<number> {
    const { seconds } = await this.#ask<Timed>({ ask: 'backprop', times: 1 });
    const times = Math.max(1, Math.round(0.05 / seconds));
    return (await this.#ask<Timed>({ ask: 'backprop', times })).seconds;
  }

  /** Seconds that a numerical gradient takes; of many parameters it is told from the first of each tensor. */
  async numericalGradient(parameters: number): Promise<number> {
    const entries = Math.min(parameters, Math.max(this.numerical!.least, 10));
    const times = parameters <= 50 ? 20 : 1;
    const timed = await this.#ask<Timed>({ ask: 'numerical', entries, times });
    return (timed.seconds / (timed.entries ?? parameters)) * parameters;
  }

  end(): void {
    this.#process.stdin!.end();
  }
}

/** Those that are here; who is left out is said. */
export function peersHere(): Peer[] {
  const peers: Peer[] = [];
  const numpy = pythonWith('json');
  if (numpy !== undefined)
    peers.push(
      new Peer('NumPy', [numpy, 'test/bench/cs231n.py'], {
        numerical: { most: Number.POSITIVE_INFINITY, least: 0, name: "CS231n's loop in NumPy" },
      }),
    );
  const torch = pythonWith('torch');
  if (torch !== undefined)
    peers.push(
      new Peer('PyTorch', [torch, 'test/bench/torch_peer.py'], {
        numerical: { most: 2500, least: 2500, name: 'torch.autograd.gradcheck' },
      }),
    );
  if (!existsSync('test/bench/peers/node_modules')) {
    process.stderr.write('SKIPPED: ml-matrix, TensorFlow.js, jax-js; npm ci --prefix test/bench/peers\n');
    return peers;
  }
  const node = (file: string): [string, string] => [process.execPath, `test/bench/peers/${file}`];
  return [
    ...peers,
    new Peer('ml-matrix', node('ml-matrix.mjs')),
    new Peer('TensorFlow.js, wasm', node('tfjs-wasm.mjs'), { precision: 'float32' }),
    new Peer('jax-js, wasm', node('jax-js.mjs'), { precision: 'float32' }),
  ];
}
