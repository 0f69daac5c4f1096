import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../files/errors.ts';
import { type Case, casesOf } from '../report/cases.ts';
import { type Failure, linesOf } from '../report/errors.ts';
import { formatGithub } from '../report/github.ts';
import { formatJson } from '../report/json.ts';
import { formatJunit } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { printable, withoutCommands } from '../report/printable.ts';
import { makeStyle, type ReportOptions, type Strictness } from '../report/style.ts';
import { formatSummary, formatTable, printableReport, type Report } from '../report/table.ts';
import { filesRead } from './inputs.ts';
import { type Io, print, wantsColor, widthOf } from './io.ts';
import type { Labelled } from './labelled.ts';
import type { OutputOptions } from './options.ts';

/** What was asked for and what became of it. */
export interface Results {
  readonly command: string;
  readonly reports: readonly Report[];
  readonly passed: boolean;
  /** the inputs that could not be run */
  readonly failures: readonly Failure[];
}

type PrintOptions = OutputOptions & {
  readonly worst?: number;
  readonly reference?: readonly Labelled[];
} & Partial<Strictness>;

/** Prints the reports of a command as its options say; a file is written when the run has come to its end. */
export async function printReports(results: Results, options: PrintOptions, io: Io): Promise<void> {
  const shown = {
    ...results,
    reports: results.reports.map(printableReport),
    failures: results.failures.map((failure) => ({ ...failure, config: printable(failure.config) })),
  };
  const text = textOf(results, shown, options, io);
  const file = options.output?.file;
  if (file !== undefined && text !== '') {
    await refuseInput(file, inputsOf(results, options, io));
    await io.files.add(file, text);
  }
  if (file === undefined && !options.quiet) await print(io.stdout, text);
  await summarise(shown, reportOptions(options, io), io);
}

/** JSON has the names as they are, every other format as they are shown. */
function textOf(results: Results, shown: Results, options: PrintOptions, io: Io): string {
  const { command, reports, failures } = shown;
  const report = reportOptions(options, io);
  const cases = (of: Report): Case[] => casesOf(of, report.strictness);
  switch (options.format) {
    case 'json':
      return reports.length === 0
        ? '' // the errors stand on standard error
        : formatJson(command, results.reports, results.passed, areSeveral(results));
    case 'markdown':
      return withoutCommands(formatMarkdown(command, reports, report, failures));
    case 'github':
      return formatGithub(reports.flatMap(cases), failures);
    case 'junit':
      return withoutCommands(
        formatJunit(command, [
          ...reports.map((of) => ({ config: of.config, cases: cases(of) })),
          ...failures.map(({ config, error }) => ({ config, cases: [], error: linesOf(error).join('; ') })),
        ]),
      );
    default: {
      const annotated = io.env.GITHUB_ACTIONS && options.output?.file === undefined;
      const table = reports.length === 0 ? '' : `${withoutCommands(tables(shown, report))}\n`;
      return `${table}${annotated ? formatGithub(reports.flatMap(cases), failures) : ''}`;
    }
  }
}

/** What a command has read, as far as it is known by a path. */
function inputsOf({ reports, failures }: Results, options: PrintOptions, io: Io): string[] {
  const configs = [...reports, ...failures].map(({ config }) =>
    config === '<stdin>' ? '/dev/stdin' : config,
  );
  return [
    ...configs,
    ...(options.reference ?? []).map(({ source }) => source),
    ...reports.flatMap(referencesOf),
    ...filesRead(io),
  ];
}

/** @throws InputError if the file is one that the command has read, by whatever path */
export async function refuseInput(file: string, inputs: Iterable<string>): Promise<void> {
  const output = await identityOf(file);
  if (output === undefined) return;
  for (const input of inputs) {
    if ((await identityOf(input)) === output)
      throw InputError.ofFile(
        file,
        `cannot be written: it is an input of this command${input === file ? '' : ` (${input})`}`,
      );
  }
}

/** Which file a path leads to; undefined where there is none that could be overwritten. */
export async function identityOf(file: string): Promise<string | undefined> {
  const there = await stat(file, { bigint: true }).catch(() => undefined);
  return there?.isFile() ? `${there.dev}:${there.ino}` : undefined;
}

/** The paths of the references that a config names, which are relative to it. */
function referencesOf(report: Report): string[] {
  if ('functions' in report) return [];
  const names = report.problem.references.filter((source) => typeof source === 'string');
  return names.map((name) => (path.isAbsolute(name) ? name : path.join(path.dirname(report.config), name)));
}

/** In GitHub Actions the verdicts also go to the summary of the job. */
async function summarise(
  { command, reports, failures }: Results,
  options: ReportOptions,
  { env, stderr }: Io,
): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  const checks =
    failures.length > 0 || reports.some((report) => casesOf(report, options.strictness).length > 0);
  if (!env.GITHUB_ACTIONS || !file || !checks) return;
  await appendFile(file, `${formatMarkdown(command, reports, options, failures)}\n`).catch(() => {
    stderr.write('fcnet: the job summary could not be written\n');
  });
}

const areSeveral = ({ reports, failures }: Results): boolean => reports.length + failures.length > 1;

function tables(results: Results, options: ReportOptions): string {
  const [only] = results.reports;
  if (!areSeveral(results) && only !== undefined) return formatTable(only, options);
  return formatSummary(results.reports, results.failures.length, results.passed, options);
}

const reportOptions = (options: PrintOptions, io: Io): ReportOptions => ({
  style: makeStyle(
    options.output?.file === undefined
      ? wantsColor(io.stdout, io.env, options.color)
      : options.color === true,
  ),
  width: widthOf(io.stdout, io.env),
  digits: options.digits,
  full: options.full,
  worst: options.worst ?? 5,
  strictness: { strict: options.strict ?? false, allow: options.allow ?? [] },
});
