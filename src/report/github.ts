import { type Failure, placeOf, whatIsWrong } from './errors.ts';
import { cut, printable } from './printable.ts';
import type { VerdictLine } from './verdict-line.ts';

// Annotations of GitHub Actions ("Workflow commands for GitHub Actions", docs.github.com): one for each config that
// disagrees, is inconclusive or could not be run.

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly text: string;
}

/** GitHub shows no more of one step. */
const MOST = 10;
/** How much of what is wrong stands in one of them. */
const MOST_DETAILS = 5;
const LONGEST_TITLE = 120;

/** What is wrong with a config, and why; nothing where all agrees. */
export function annotationOf(
  config: string,
  { verdict, text, details }: VerdictLine,
): Annotation | undefined {
  if (verdict === 'agree') return undefined;
  const more = details.length - MOST_DETAILS;
  const lines = [text, ...details.slice(0, MOST_DETAILS), ...(more > 0 ? [`and ${more} more`] : [])];
  const level = verdict === 'mismatch' ? 'error' : 'warning';
  return {
    level,
    text: written(level, { file: config, title: `fcnet: ${cut(text, LONGEST_TITLE)}` }, lines),
  };
}

/** Why a config could not be run: at its place in the file, where that is known; else it is said of the config. */
export function annotationOfFailure({ config, error }: Failure): Annotation {
  const { problems, omitted } = error;
  const [first] = problems;
  const isThere = first !== undefined && first.line > 0;
  const place = isThere ? { file: first.file, line: first.line, col: first.column } : { file: config };
  const lines = problems.map((problem) =>
    problem === first && (isThere || problem.file === config)
      ? whatIsWrong(problem)
      : `${placeOf(problem)}: ${whatIsWrong(problem)}`,
  );
  const more = lines.length - MOST_DETAILS + omitted;
  const shown = more > 0 ? [...lines.slice(0, MOST_DETAILS), `and ${more} more`] : lines;
  return { level: 'error', text: written('error', { ...place, title: 'fcnet: could not be run' }, shown) };
}

/** At most ten, errors first; the last of them counts those that have no place. */
export function formatGithub(annotations: readonly Annotation[]): string {
  const sorted = [
    ...annotations.filter(({ level }) => level === 'error'),
    ...annotations.filter(({ level }) => level === 'warning'),
  ];
  if (sorted.length <= MOST) return sorted.map(({ text }) => text).join('');
  const shown = sorted.slice(0, MOST - 1);
  const rest = sorted.slice(MOST - 1);
  const level = rest.some((one) => one.level === 'error') ? 'error' : 'warning';
  const count = [`${rest.length} more configs disagree, are inconclusive or could not be run: see the log`];
  return [...shown.map(({ text }) => text), written(level, { title: 'fcnet' }, count)].join('');
}

function written(
  level: string,
  properties: Record<string, string | number>,
  lines: readonly string[],
): string {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${list.join(',')}::${lines.map(data).join('%0A')}\n`;
}

/** The message: what would end the line or the escape itself. */
const data = (text: string): string =>
  printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));

/** A property: what would end it, too. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
