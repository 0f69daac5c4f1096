/**
 * Does the error bar of the numerical gradient cover the derivative, on functions of all kinds? At random points of
 * each family of test/functions, beside derivatives by formulas that do not cancel: how many lie outside of
 * value ± bar, how wide the bars are, what they cost. What needs steps below 2⁻³⁰ of x to be seen is counted apart.
 *
 *     npx tsx test/bench/functions.ts [--points 600] [--seed 1] [--only NAME] [--families] [--verbose]
 */
import { parseArgs } from 'node:util';
import { GROUPS } from '../functions/all.ts';
import {
  describeMeasured,
  isCovered,
  isTooFine,
  type Measured,
  measure,
  median,
  relativeBars,
} from '../functions/measure.ts';

const { values: options } = parseArgs({
  options: {
    points: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    families: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const row = (name: string, measured: readonly Measured[]): string => {
  const missed = measured.filter((one) => !isCovered(one));
  const tooFine = missed.filter(isTooFine).length;
  const bars = relativeBars(measured);
  const counts = measured.map(({ evaluations }) => evaluations);
  const cells = [
    name,
    measured.length,
    missed.length - tooFine,
    tooFine,
    median(bars).toExponential(0),
    `${Math.round((100 * bars.filter((bar) => bar > 0.01).length) / bars.length)}%`,
    median(counts),
    Math.max(...counts),
  ];
  return `| ${cells.join(' | ')} |`;
};

const head = [
  'functions',
  'points',
  'uncovered',
  'too fine',
  'median bar',
  'bars above 1%',
  'evaluations',
  'at most',
];
print(`| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`);
const all: Measured[] = [];
for (const [group, families] of Object.entries(GROUPS)) {
  const ofGroup = families.flatMap((family) => {
    if (!`${group} ${family.name}`.includes(options.only)) return [];
    const measured = measure(family, Number(options.points), Number(options.seed));
    if (options.families) print(row(family.name, measured));
    for (const one of options.verbose ? measured : [])
      if (!isCovered(one) && !isTooFine(one)) print(describeMeasured(one));
    return measured;
  });
  if (ofGroup.length > 0) print(row(`**${group}**`, ofGroup));
  all.push(...ofGroup);
}
print(row('**all**', all));
