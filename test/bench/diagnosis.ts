/**
 * Which bug is it? Gradients that were computed by NumPy with one bug in them or two, and how often fcnet names them.
 *
 *     npx tsx test/bench/diagnosis.ts [--each 12] [--pairs 1000] [--seed 1] [--all]
 *
 * `--all` has a line for each bug; else those that are not always named right have one. In each group of pairs both bugs
 * are in one network.
 */
import { parseArgs } from 'node:util';
import { type Answered, answers, nameOf, type Outcome } from './answers.ts';

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '12' },
    pairs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
  },
});
const asked = answers(Number(values.each), Number(values.seed), Number(values.pairs));

const OUTCOMES: Outcome[] = ['right', 'network', 'part', 'silent', 'wrong', 'harmless'];
const counts = (answered: readonly Answered[]): number[] => [
  ...OUTCOMES.map((outcome) => answered.filter((one) => one.outcome === outcome).length),
  answered.filter(({ outcome, accounted }) => outcome !== 'harmless' && !accounted).length,
];

const HEAD = [
  'named right',
  'another network',
  'in part',
  'a place only',
  'named wrong',
  'passes',
  'not accounted for',
];
const singles = asked.filter(({ pair }) => !pair);
const [withName, withoutName] = [true, false].map((has) =>
  singles.filter(({ expected }) => expected.length > 0 === has),
) as [Answered[], Answered[]];
const pairs = asked.filter(({ pair }) => pair);
const bugs = [...new Set(singles.map(({ bug }) => bug))];
const perfect = (answered: readonly Answered[]): boolean =>
  answered.every(({ outcome, expected, accounted }) =>
    expected.length === 0 ? outcome === 'silent' && accounted : outcome === 'right' && accounted,
  );
const listed = bugs
  .map((bug) => singles.filter((one) => one.bug === bug))
  .filter((answered) => values.all || !perfect(answered));

const lines = [
  row(['bugs', 'in', ...HEAD]),
  row(Array(HEAD.length + 2).fill('---')),
  ...(['float64', 'float32', '6 digits'] as const).flatMap((precision) => {
    const of = (answered: readonly Answered[]): Answered[] =>
      answered.filter((one) => one.precision === precision);
    return [
      row([`one with a name`, precision, ...counts(of(withName))]),
      row([`one without, or none`, precision, ...counts(of(withoutName))]),
      row(['two', precision, ...counts(of(pairs))]),
    ];
  }),
  '',
  row(['bug', 'expected', ...HEAD, 'wrong names']),
  row(Array(HEAD.length + 3).fill('---')),
  ...listed.map((answered) =>
    row([answered[0]!.bug, expectedOf(answered), ...counts(answered), wrongNames(answered)]),
  ),
  '',
  ...pairs
    .filter(({ outcome }) => outcome === 'wrong')
    .map(
      (one) => `${one.bug}: ${one.expected.map(([name]) => name).join(' + ')}, and not ${wrongNames([one])}`,
    ),
];
process.stdout.write(`${lines.join('\n')}\n`);

function expectedOf(answered: readonly Answered[]): string {
  const names = answered.flatMap(({ expected }) =>
    expected.flatMap(([name = '']) => name.replace(/ at layer.*/, '')),
  );
  return names.length === 0 ? 'no name' : [...new Set(names)].join(', ');
}

function wrongNames(answered: readonly Answered[]): string {
  const given = answered
    .filter(({ outcome }) => outcome === 'wrong')
    .map(({ diagnosis }) => diagnosis.map(({ mistake, layer }) => nameOf(mistake, layer)).join(' + '));
  return [...new Set(given)].join('; ');
}

function row(cells: readonly unknown[]): string {
  return `| ${cells.join(' | ')} |`;
}
