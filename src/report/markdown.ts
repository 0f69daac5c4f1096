import { drawStrength } from './audit.ts';
import { type Case, casesOf } from './cases.ts';
import { ALONE } from './conclusion.ts';
import { type Failure, linesOf } from './errors.ts';
import { printable } from './printable.ts';
import { makeStyle, type ReportOptions } from './style.ts';
import { formatTable, hasPassed, isAlone, type Report } from './table.ts';

export const MARKS: Readonly<Record<Case['verdict'], string>> = {
  agree: '✅',
  mismatch: '❌',
  inconclusive: '⚠️',
};

/**
 * The reports in Markdown, as for a job summary: a table of verdicts for each config, and the strength of the
 * check; of a config that could not be run, why.
 */
export function formatMarkdown(
  command: string,
  reports: readonly Report[],
  options: ReportOptions,
  failures: readonly Failure[] = [],
): string {
  const plain = { ...options, style: makeStyle(false), width: Number.POSITIVE_INFINITY };
  return [
    ...reports.map((report) => section(command, report, plain)),
    ...failures.map((failure) => failureSection(command, failure)),
  ].join('\n');
}

const headingOf = (mark: string, command: string, config: string): string =>
  `### ${mark} fcnet ${command}: ${escapeMarkdown(config)}\n`;

const failureSection = (command: string, { config, error }: Failure): string =>
  [
    headingOf(MARKS.mismatch, command, config),
    'could not be run:',
    '',
    ...linesOf(error).map((line) => `- ${escapeMarkdown(line)}`),
    '',
  ].join('\n');

function section(command: string, report: Report, options: ReportOptions): string {
  const cases = casesOf(report, options.strictness);
  const mark = hasPassed(report, options.strictness) ? MARKS.agree : MARKS.mismatch;
  const heading = headingOf(mark, command, report.config);
  if (cases.length === 0)
    return `${heading}\n\`\`\`text\n${formatTable(report, { ...options, width: 100 })}\n\`\`\`\n`;
  const rows = cases.map(
    ({ name, verdict, message }) =>
      `| ${escapeMarkdown(name)} | ${MARKS[verdict]} ${verdict} | ${escapeMarkdown(message)} |`,
  );
  const table = ['| checked | verdict | |', '|---|---|---|', ...rows].join('\n');
  return [heading, table, ...strength(report, options), ''].join('\n');
}

function strength(report: Report, options: ReportOptions): string[] {
  if ('functions' in report) return [];
  const { outcome } = report;
  const audit =
    outcome.command === 'gradcheck'
      ? outcome.result.audit
      : outcome.command === 'compare'
        ? outcome.result.check.audit
        : outcome.command === 'audit'
          ? outcome.result
          : undefined;
  if (audit === undefined) return [];
  const alone = isAlone(report) ? `; ${ALONE}` : '';
  return ['', escapeMarkdown(`${drawStrength(audit, options)}${alone}`)];
}

/** Text that stands in a cell as it is. */
export const escapeMarkdown = (text: string): string =>
  printable(text.replace(/[\r\n]+/g, ' ')).replace(/[\\`*_{}[\]<>#|&~]/g, (char) => `\\${char}`);
