import { casesOf } from '../report/cases.ts';
import { type Failure, linesOf } from '../report/errors.ts';
import { type Annotation, annotationOf, annotationOfFailure, formatGithub } from '../report/github.ts';
import { formatJobSummary, summaryLine, summaryLineOfFailure } from '../report/job-summary.ts';
import { formatJson, jsonOfSeveral, jsonResult } from '../report/json.ts';
import { junitOfSuites, junitSuite } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { withoutCommands } from '../report/printable.ts';
import { drawSummaryLines, failureLine, type SummaryLine, summaryLineOf } from '../report/screen/summary.ts';
import type { ReportOptions } from '../report/style.ts';
import { formatTable, type Report, type Tally } from '../report/table.ts';
import { verdictLine } from '../report/verdict-line.ts';

/** What is known of a run before its results. */
export interface Run {
  readonly command: string;
  /** how many inputs it has; of several there is one summary */
  readonly inputs: number;
  /** whether their results are a list even where there is one */
  readonly listed?: boolean;
}

/** What became of one input. */
interface Result {
  /** with names as they are */
  readonly report: Report;
  /** with names as they are shown */
  readonly shown: Report;
  readonly options: ReportOptions;
}

/**
 * Writes the results of a run in one format. Of each input it keeps no more than it needs for the whole, so that a run
 * of very many takes no more memory than what it prints.
 */
export interface Writer {
  add(result: Result): void;
  /** an input that could not be run */
  fail(failure: Failure): void;
  end(tally: Tally): string | Promise<string>;
}

type Format = (run: Run, options: ReportOptions) => Writer;

/** A writer that makes a text of each input at once; what has none is left out. */
function ofTexts(
  report: (result: Result) => string,
  failure: (failure: Failure) => string,
  whole: (texts: readonly string[], tally: Tally) => string,
): Writer {
  const texts: string[] = [];
  const keep = (text: string): void => {
    if (text !== '') texts.push(text);
  };
  return {
    add: (result) => keep(report(result)),
    fail: (failed) => keep(failure(failed)),
    end: (tally) => whole(texts, tally),
  };
}

/** Errors stand on standard error. */
const nothing = (): string => '';

const table: Format = ({ inputs }, own) =>
  inputs > 1
    ? severalInTable(own)
    : ofTexts(
        ({ shown, options }) => formatTable(shown, options),
        nothing,
        (texts) => texts.map((text) => `${withoutCommands(text)}\n`).join(''),
      );

/** A line for each of several inputs, and a count. */
function severalInTable(own: ReportOptions): Writer {
  const lines: SummaryLine[] = [];
  return {
    add: ({ shown, options }) => void lines.push(summaryLineOf(shown, options.strictness)),
    fail: (failure) => void lines.push(failureLine(failure)),
    end({ alone }) {
      const text = drawSummaryLines(lines, alone, own);
      return text === '' ? '' : `${withoutCommands(text)}\n`;
    },
  };
}

const json: Format = ({ command, inputs, listed = inputs > 1 }) =>
  ofTexts(
    ({ report }) => (listed ? jsonResult(report) : formatJson(command, [report], true)),
    nothing,
    (texts, { passed }) =>
      listed && texts.length > 0 ? jsonOfSeveral(command, texts, passed) : texts.join(''),
  );

const markdown: Format = ({ command }, own) =>
  ofTexts(
    ({ shown, options }) => formatMarkdown(command, [shown], options),
    (failure) => formatMarkdown(command, [], own, [failure]),
    (texts) => withoutCommands(texts.join('\n')),
  );

const github: Format = () => {
  const annotations: Annotation[] = [];
  return {
    add({ shown, options }) {
      const annotation = annotationOf(shown.config, verdictLine(shown, options.strictness));
      if (annotation !== undefined) annotations.push(annotation);
    },
    fail: (failure) => void annotations.push(annotationOfFailure(failure)),
    end: () => formatGithub(annotations),
  };
};

const junit: Format = ({ command }) =>
  ofTexts(
    ({ shown, options }) =>
      junitSuite(command, { config: shown.config, cases: casesOf(shown, options.strictness) }),
    ({ config, error }) => junitSuite(command, { config, cases: [], error: linesOf(error).join('; ') }),
    (texts) => withoutCommands(junitOfSuites(texts)),
  );

/** What makes the page is loaded when a page is asked for: results wait for it, one after another. */
const html: Format = (run) => {
  const page = import('./page.ts').then(({ newPage }) => newPage(run));
  let drawn: Promise<unknown> = page;
  return {
    add: ({ shown, options }) => {
      drawn = drawn.then(async () => (await page).add(shown, options));
    },
    fail: (failure) => {
      drawn = drawn.then(async () => (await page).fail(failure));
    },
    end: async (tally) => {
      await drawn;
      return withoutCommands((await page).end(tally));
    },
  };
};

/** The summary of a job in GitHub Actions: lines for those who skim, and all verdicts for those who unfold them. */
export const jobSummary: Format = (run, own) => {
  const whole = markdown(run, own);
  const lines: string[] = [];
  return {
    add(result) {
      whole.add(result);
      const line = summaryLine(result.shown.config, verdictLine(result.shown, result.options.strictness));
      if (line !== '') lines.push(line);
    },
    fail(failure) {
      whole.fail(failure);
      lines.push(summaryLineOfFailure(failure));
    },
    end: async (tally) =>
      withoutCommands(formatJobSummary(run.command, lines, await whole.end(tally), tally)),
  };
};

/** By the names of --format. Those after the first three list verdicts, which only checks have. */
export const FORMATS = { table, json, markdown, github, junit, html } as const satisfies Record<
  string,
  Format
>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];
export const PLAIN_FORMATS = FORMAT_NAMES.slice(0, 3);

/** Whether a format makes one document, beside which nothing else can stand. */
export const isDocument = (name: FormatName): boolean =>
  name === 'json' || name === 'junit' || name === 'html';
