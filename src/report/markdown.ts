import { drawStrength } from './audit.ts';
import { type Case, casesOf } from './cases.ts';
import { makeStyle, type ReportOptions } from './style.ts';
import { formatTable, hasPassed, type Report } from './table.ts';

const MARKS: Readonly<Record<Case['verdict'], string>> = { agree: '✅', mismatch: '❌', inconclusive: '⚠️' };

/** The reports in Markdown, as for a job summary: a table of verdicts for each config, and the strength of the check. */
export function formatMarkdown(command: string, reports: readonly Report[], options: ReportOptions): string {
  return reports
    .map((report) =>
      section(command, report, { ...options, style: makeStyle(false), width: Number.POSITIVE_INFINITY }),
    )
    .join('\n');
}

function section(command: string, report: Report, options: ReportOptions): string {
  const cases = casesOf(report, options.strictness);
  const mark = hasPassed(report, options.strictness) ? MARKS.agree : MARKS.mismatch;
  const heading = `### ${mark} fcnet ${command}: ${escapeMarkdown(report.config)}\n`;
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
  return audit === undefined ? [] : ['', escapeMarkdown(drawStrength(audit, options))];
}

/** Text that stands in a cell as it is. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|&~]/g, (char) => `\\${char}`).replace(/[\r\n]+/g, ' ');
