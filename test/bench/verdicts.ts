/**
 * How many wrong gradients does a check let pass, and how often does it cry wolf? fcnet's verdict beside the
 * rules of torch.autograd.gradcheck and CS231n, on random networks of many kinds, with every mistake of the
 * catalogue that applies.
 *
 *     npx tsx test/bench/verdicts.ts [--networks 10000] [--seed 1]
 *
 * The networks have the seeds SEED, SEED + 1, …: `--networks 1 --seed 4711` makes one of them again.
 */
import { parseArgs } from 'node:util';
import { type Count, countVerdicts, emptyCount } from './count.ts';
import { groups } from './networks.ts';
import { RULES, type Rule } from './rules.ts';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const [networks, first] = [Number(values.networks), Number(values.seed)];

const seeds = Array.from({ length: networks }, (_, i) => first + i);
const { counts, failures } = countVerdicts(seeds, (seed) => {
  const done = seed - first + 1;
  if (done % 200 === 0) process.stderr.write(`${done} of ${networks} networks\n`);
});

const all = emptyCount();
for (const count of counts.values()) add(all, count);

const rules = (title: string): string[] => RULES.map((rule) => `${title}, ${rule}`);
const lines = [
  row([
    'group',
    'networks',
    'entries',
    'inconclusive',
    ...rules('false alarms'),
    'effective mistakes',
    ...rules('missed'),
  ]),
  row(Array(11).fill('---')),
  ...groups.flatMap((group) => {
    const count = counts.get(group);
    return count === undefined ? [] : [countRow(group, count)];
  }),
  countRow('**all**', all),
  '',
  `${all.hidden} more mistakes change an entry by a thousandth of itself, but none by more than rounding, underflow or a kink leaves open: ` +
    `${RULES.map((rule) => `${rule} misses ${all.hiddenMisses[rule]}`).join(', ')}.`,
  '',
  failures.length === 0 ? 'fcnet: no false alarm and no miss.' : 'fcnet failed here:',
  ...failures.map(({ seed, group, alarm, missed }) => {
    const misses = missed.length > 0 ? [`misses ${missed.length} mistakes: ${missed.join(', ')}`] : [];
    return `- seed ${seed} (${group}): ${[...(alarm ? ['false alarm'] : []), ...misses].join('; ')}`;
  }),
];
process.stdout.write(`${lines.join('\n')}\n`);

function row(cells: readonly unknown[]): string {
  return `| ${cells.join(' | ')} |`;
}

function countRow(name: string, count: Count): string {
  const each = (numbers: Record<Rule, number>): number[] => RULES.map((rule) => numbers[rule]);
  const { entries, inconclusive, effective, alarms, misses } = count;
  return row([name, count.networks, entries, inconclusive, ...each(alarms), effective, ...each(misses)]);
}

function add(total: Count, count: Count): void {
  for (const key of ['networks', 'entries', 'inconclusive', 'effective', 'hidden'] as const)
    total[key] += count[key];
  for (const key of ['alarms', 'misses', 'hiddenMisses'] as const)
    for (const rule of RULES) total[key][rule] += count[key][rule];
}
