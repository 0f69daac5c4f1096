/**
 * Which bug is it? Gradients that were computed by NumPy with a bug in them, and how often fcnet names it.
 *
 *     npx tsx test/bench/diagnosis.ts [--each 12] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { type Answered, answers, nameOf, type Outcome } from './answers.ts';

const { values } = parseArgs({
  options: { each: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' } },
});
const all = answers(Number(values.each), Number(values.seed));

const OUTCOMES: Outcome[] = ['right', 'wrong', 'silent', 'harmless'];
const counts = (answered: readonly Answered[]): number[] =>
  OUTCOMES.map((outcome) => answered.filter((one) => one.outcome === outcome).length);

const lines = [
  row(['bug', 'expected', 'named right', 'named wrong', 'not named', 'harmless here', 'wrong names']),
  row(Array(7).fill('---')),
  ...[...new Set(all.map(({ bug }) => bug))].map((bug) => {
    const answered = all.filter((one) => one.bug === bug);
    const expected = new Set(answered.map((one) => one.expected?.replace(/ at layer.*/, '') ?? 'no name'));
    return row([bug, [...expected].join(', '), ...counts(answered), wrongNames(answered)]);
  }),
  row(['**all**', '', ...counts(all), '']),
];
process.stdout.write(`${lines.join('\n')}\n`);

function wrongNames(answered: readonly Answered[]): string {
  const given = answered
    .filter(({ outcome }) => outcome === 'wrong')
    .map(({ diagnosis }) => diagnosis.map(({ mistake, layer }) => nameOf(mistake, layer)).join(' + '));
  return [...new Set(given)].join('; ');
}

function row(cells: readonly unknown[]): string {
  return `| ${cells.join(' | ')} |`;
}
