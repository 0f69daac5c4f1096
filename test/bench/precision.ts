/**
 * How far may an honest gradient in float32 or float64 be off, and how small an error is still found? The
 * answers of real PyTorch and NumPy to random networks of many kinds, judged as `compare` judges references.
 *
 *     npx tsx test/bench/precision.ts [--networks 200] [--seed 1]
 *
 * PyTorch is that of $FCNET_PYTHON, python3 or /usr/bin/python3, and left out where none of them has it. The
 * networks have the seeds SEED, SEED + 1, …, as in verdicts.ts.
 */
import { parseArgs } from 'node:util';
import { pythonWith } from '../python.ts';
import {
  analytic,
  ask,
  type Dtype,
  judge,
  type Library,
  largestEntry,
  PLANTED,
  refused,
  smallestCaught,
} from './live.ts';
import { benchNetwork, groups } from './networks.ts';

const { values } = parseArgs({
  options: { networks: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const first = Number(values.seed);
const bench = Array.from({ length: Number(values.networks) }, (_, i) => benchNetwork(first + i));
const checks = bench.map(({ network }) => analytic(network));

/** One tensor of one answer. */
interface Judged {
  readonly group: string;
  readonly entries: number;
  readonly inconclusive: number;
  /** the largest |a − r| in parts of what is allowed */
  readonly share: number;
  /** whether its largest entry says something: `zero` where all are 0, `open` where it is inconclusive */
  readonly kind: 'zero' | 'open' | 'judged';
  readonly caught: number | undefined;
}

interface Run {
  readonly library: string;
  readonly dtype: Dtype;
  readonly judged: readonly Judged[];
  readonly alarms: readonly string[];
}

function runOf(library: Library, dtype: Dtype): Run {
  const judged: Judged[] = [];
  const alarms: string[] = [];
  const references = ask(
    library,
    dtype,
    bench.map(({ network }) => network),
  );
  for (const [n, { seed, group }] of bench.entries()) {
    const verdict = judge(references[n]!, checks[n]!);
    const wrong = refused(verdict);
    if (wrong.length > 0) alarms.push(`seed ${seed} (${group}): ${wrong.join(', ')}`);
    for (const [l, tensor] of verdict.tensors.entries()) {
      const ours = checks[n]!.tensors[l]!.analytic;
      const theirs = tensor.reference!.data;
      const { verdicts, allowed } = tensor.verdict!;
      const i = largestEntry(ours);
      const kind = ours[i] === 0 ? 'zero' : verdicts[i] === 'inconclusive' ? 'open' : 'judged';
      judged.push({
        group,
        entries: ours.length,
        inconclusive: tensor.inconclusive,
        share: ours.reduce((most, a, j) => Math.max(most, Math.abs(a - theirs[j]!) / allowed[j]!), 0),
        kind,
        caught: kind === 'judged' ? smallestCaught(tensor.verdict!, i, ours[i]!, theirs[i]!) : undefined,
      });
    }
  }
  return { library: library.name, dtype, judged, alarms };
}

const numpy = pythonWith('numpy');
const torch = pythonWith('torch');
const libraries: Library[] = [
  ...(torch
    ? [
        { name: 'PyTorch', python: torch, twin: ['pytorch_net'] },
        { name: 'PyTorch, softplus as it comes', python: torch, twin: ['pytorch_net', '--threshold', '20'] },
      ]
    : []),
  ...(numpy ? [{ name: 'NumPy', python: numpy, twin: ['numpy_net'] }] : []),
];
const runs = libraries.flatMap((library) =>
  (['float64', 'float32'] as const).map((dtype) => runOf(library, dtype)),
);

const COLUMNS = [
  'entries',
  'false alarms',
  'largest difference / allowed',
  'inconclusive',
  'tensors',
  'of which open',
  'smallest error found: median',
  '99%',
  'not found at 10%',
];

const lines = [
  row(['library', 'precision', 'networks', ...COLUMNS]),
  row(Array(3 + COLUMNS.length).fill('---')),
  ...runs.map(({ library, dtype, judged, alarms }) =>
    row([library, dtype, bench.length, ...cells(judged, alarms)]),
  ),
  '',
  'In float32, group by group, the libraries together:',
  '',
  row(['group', ...COLUMNS]),
  row(Array(1 + COLUMNS.length).fill('---')),
  ...groups.map((group) => {
    const single = runs.filter(({ dtype }) => dtype === 'float32');
    return row([
      group,
      ...cells(
        single.flatMap(({ judged }) => judged.filter((one) => one.group === group)),
        single.flatMap(({ alarms }) => alarms.filter((alarm) => alarm.includes(`(${group})`))),
      ),
    ]);
  }),
  '',
  ...runs.flatMap(({ library, dtype, alarms }) =>
    alarms.map((alarm) => `- false alarm of ${library} in ${dtype}, ${alarm}`),
  ),
];
process.stdout.write(`${lines.join('\n').trimEnd()}\n`);

function cells(judged: readonly Judged[], alarms: readonly string[]): (string | number)[] {
  const total = (key: 'entries' | 'inconclusive'): number => judged.reduce((sum, one) => sum + one[key], 0);
  const nonzero = judged.filter(({ kind }) => kind !== 'zero');
  const open = nonzero.filter(({ kind }) => kind === 'open').length;
  const tried = nonzero.filter(({ kind }) => kind === 'judged');
  const caught = tried.map((one) => one.caught ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const quantile = (q: number): string => short(caught[Math.ceil(q * caught.length) - 1]);
  return [
    total('entries'),
    alarms.length,
    judged.reduce((most, { share }) => Math.max(most, share), 0).toFixed(2),
    `${((100 * total('inconclusive')) / total('entries')).toFixed(1)}%`,
    nonzero.length,
    open,
    quantile(0.5),
    quantile(0.99),
    caught.filter((size) => size > PLANTED.at(-1)!).length,
  ];
}

function short(value = Number.NaN): string {
  return Number.isFinite(value) ? value.toExponential(1) : '–';
}

function row(cells: readonly unknown[]): string {
  return `| ${cells.join(' | ')} |`;
}
