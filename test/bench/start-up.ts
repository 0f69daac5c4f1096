import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../python.ts';

/*
 * How long the command takes to start: `npm run build && npm run bench:start-up -- [rounds]`. The processor time of
 * whole processes, visited in turn, as the median of their ratios to `node -e 0` within a round: on a busy machine
 * the times themselves tell little.
 */

const NUMPY = 'python3 fixtures/numpy_net.py';

const root = fileURLToPath(new URL('../..', import.meta.url));
const python = pythonWith('json');
const rounds = Number(process.argv[2] ?? 21);
const textbook = readFileSync(`${root}fixtures/textbook.json`, 'utf8');
const fcnet = ['node', 'bin/fcnet.js'];
const programs: Record<string, readonly string[]> = {
  'node -e 0': ['node', '-e', '0'],
  'fcnet --version': [...fcnet, '--version'],
  'fcnet loss': [...fcnet, 'loss'],
  'fcnet compare': [...fcnet, 'compare'],
  'fcnet audit': [...fcnet, 'audit'],
  'fcnet compare fixtures/iris.json': [...fcnet, 'compare', 'fixtures/iris.json'],
  ...(python !== undefined && { [NUMPY]: [python, 'fixtures/numpy_net.py'] }),
};

/** Seconds of a processor that a run takes, by bash, which knows those of its children. */
function timeOf(program: readonly string[]): number {
  // A certificate file that Node reads at each start would be most of what is measured.
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', ...program], {
    cwd: root,
    input: textbook,
    encoding: 'utf8',
    env: { ...rest, OPENBLAS_NUM_THREADS: '1' },
  });
  if (timed.status !== 0) throw new Error(`${program.join(' ')}: ${timed.stderr}`);
  const [user = 0, system = 0] = (timed.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return user + system;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const times = Array.from({ length: rounds }, () =>
  Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, timeOf(program)])),
);
const ratio = (a: string, b: string): number => median(times.map((round) => round[a]! / round[b]!));

const rows = Object.keys(programs).map((name) => {
  const ms = 1e3 * median(times.map((round) => round[name]!));
  const beside = [ratio(name, 'node -e 0'), ...(python === undefined ? [] : [ratio(name, NUMPY)])];
  return `| \`${name}\` | ${[ms.toFixed(0), ...beside.map((value) => value.toFixed(2))].join(' | ')} |`;
});
process.stdout.write(`${cpus()[0]?.model}, Node ${process.version}, ${rounds} rounds

| process | processor time, ms | × node -e 0 |${python === undefined ? '' : ' × the NumPy script |'}
|---|---|---|${python === undefined ? '' : '---|'}
${rows.join('\n')}
`);
