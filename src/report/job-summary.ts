import type { Failure } from './errors.ts';
import { whatIsWrong } from './errors.ts';
import { escapeMarkdown, MARKS } from './markdown.ts';
import type { Tally } from './table.ts';
import type { VerdictLine } from './verdict-line.ts';

/** Of so many configs that fail, the first are listed. */
const MOST = 10;

/** `- ❌ nets/deep.json: mine is wrong in dW1: missing-slope at layer 1`; nothing where all agrees. */
export const summaryLine = (config: string, { verdict, text }: VerdictLine): string =>
  verdict === 'agree' ? '' : item(MARKS[verdict], config, text);

export const summaryLineOfFailure = ({ config, error }: Failure): string => {
  const [problem] = error.problems;
  return item(
    MARKS.mismatch,
    config,
    `could not be run: ${problem === undefined ? '' : whatIsWrong(problem)}`,
  );
};

const item = (mark: string, config: string, text: string): string =>
  `- ${mark} ${escapeMarkdown(config)}: ${escapeMarkdown(text)}`;

/**
 * The summary of a job: how many agree, what is wrong with those that do not, and all the rest folded.
 *
 * @param markdown all verdicts, as `--format markdown` prints them
 */
export function formatJobSummary(
  command: string,
  lines: readonly string[],
  markdown: string,
  { passed, agreed, inputs }: Tally,
): string {
  const more = lines.length - MOST;
  return [
    `### ${passed ? MARKS.agree : MARKS.mismatch} fcnet ${command}: ${agreed} of ${inputs} ${agreed === 1 ? 'agrees' : 'agree'}`,
    '',
    ...lines.slice(0, MOST),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(lines.length > 0 ? [''] : []),
    '<details><summary>All verdicts</summary>',
    '',
    markdown.trimEnd(),
    '',
    '</details>',
    '',
  ].join('\n');
}
