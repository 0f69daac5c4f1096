import type { Case } from './cases.ts';
import { type Failure, placeOf, whatIsWrong } from './errors.ts';
import { printable } from './printable.ts';

/**
 * Annotations of GitHub Actions: one error for each tensor that failed and for each thing that is wrong with an
 * input that could not be run, one warning for each tensor that is inconclusive ("Workflow commands for GitHub
 * Actions", docs.github.com).
 */
export const formatGithub = (cases: readonly Case[], failures: readonly Failure[] = []): string =>
  [...cases.filter(({ verdict }) => verdict !== 'agree').map(ofCase), ...failures.flatMap(ofFailure)].join(
    '',
  );

const ofCase = ({ config, name, verdict, message }: Case): string =>
  annotation(
    verdict === 'mismatch' ? 'error' : 'warning',
    { file: config, title: `fcnet: ${name}` },
    message,
  );

/** At its place in the file, where that is known; else it is said of the config. */
const ofFailure = ({ config, error }: Failure): string[] =>
  error.problems.map((problem) => {
    const { file, line, column } = problem;
    const title = 'fcnet: could not be run';
    if (line > 0) return annotation('error', { file, line, col: column, title }, whatIsWrong(problem));
    const other = file === config ? '' : `${placeOf(problem)}: `;
    return annotation('error', { file: config, title }, `${other}${whatIsWrong(problem)}`);
  });

function annotation(level: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${list.join(',')}::${data(message)}\n`;
}

/** The message: what would end the line or the escape itself. */
const data = (text: string): string =>
  printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));

/** A property: what would end it, too. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
