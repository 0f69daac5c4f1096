import { casesOf } from '../report/cases.ts';
import { type Failure, linesOf } from '../report/errors.ts';
import { formatGithub } from '../report/github.ts';
import { formatJson, jsonOfSeveral, jsonResult } from '../report/json.ts';
import { junitOfSuites, junitSuite } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { withoutCommands } from '../report/printable.ts';
import type { ReportOptions } from '../report/style.ts';
import { drawTally, formatInSummary, formatTable, type Report, type Tally } from '../report/table.ts';

/** What is known of a run before its results. */
export interface Run {
  readonly command: string;
  /** whether it has several inputs, so that there is one summary of all */
  readonly several: boolean;
}

/** What became of one input. */
export interface Result {
  /** with names as they are */
  readonly report: Report;
  /** with names as they are shown */
  readonly shown: Report;
  readonly options: ReportOptions;
}

/**
 * A way to print results. Of each input only its part is kept, so that a run of very many takes no more memory than
 * what it prints.
 */
interface Format {
  /** whether the whole is one document, beside which nothing else can stand */
  readonly isDocument?: boolean;
  report(result: Result, run: Run): string;
  failure(failure: Failure, run: Run, options: ReportOptions): string;
  whole(parts: readonly string[], run: Run & Tally, options: ReportOptions): string;
}

const table: Format = {
  report: ({ shown, options }, { several }) =>
    several ? formatInSummary(shown, options) : formatTable(shown, options),
  failure: () => '', // it stands on standard error
  whole: (parts, { several, ...tally }, options) => {
    const texts = parts.filter((part) => part !== '');
    if (texts.length === 0) return '';
    const all = several ? [...texts, '', ...drawTally(tally, options)] : texts;
    return `${withoutCommands(all.join('\n'))}\n`;
  },
};

const json: Format = {
  isDocument: true,
  report: ({ report }, { command, several }) =>
    several ? jsonResult(report) : formatJson(command, [report], true),
  failure: () => '', // it stands on standard error
  whole: (parts, { command, several, passed }) => {
    const texts = parts.filter((part) => part !== '');
    return several && texts.length > 0 ? jsonOfSeveral(command, texts, passed) : texts.join('');
  },
};

const markdown: Format = {
  report: ({ shown, options }, { command }) => formatMarkdown(command, [shown], options),
  failure: (failure, { command }, options) => formatMarkdown(command, [], options, [failure]),
  whole: (parts) => withoutCommands(parts.join('\n')),
};

const github: Format = {
  report: ({ shown, options }) => formatGithub(casesOf(shown, options.strictness)),
  failure: (failure) => formatGithub([], [failure]),
  whole: (parts) => parts.join(''),
};

const junit: Format = {
  isDocument: true,
  report: ({ shown, options }, { command }) =>
    junitSuite(command, { config: shown.config, cases: casesOf(shown, options.strictness) }),
  failure: ({ config, error }, { command }) =>
    junitSuite(command, { config, cases: [], error: linesOf(error).join('; ') }),
  whole: (parts) => withoutCommands(junitOfSuites(parts)),
};

/** By the names of --format. Those after the first three list verdicts, which only checks have. */
export const FORMATS = { table, json, markdown, github, junit } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];
export const PLAIN_FORMATS = FORMAT_NAMES.slice(0, 3);

export const isDocument = (name: FormatName): boolean => 'isDocument' in FORMATS[name];
