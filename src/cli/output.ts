import { appendFile, open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type InputError, writeFailure } from '../config/errors.ts';
import { type Case, casesOf } from '../report/cases.ts';
import { formatGithub } from '../report/github.ts';
import { formatJson } from '../report/json.ts';
import { formatJunit } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { printable } from '../report/printable.ts';
import { makeStyle, type ReportOptions, type Strictness } from '../report/style.ts';
import { formatSummary, formatTable, printableReport, type Report } from '../report/table.ts';
import { type Io, wantsColor, widthOf } from './io.ts';
import type { OutputOptions } from './options.ts';

/** What was asked for and what became of it. */
export interface Results {
  readonly command: string;
  readonly reports: readonly Report[];
  readonly passed: boolean;
  /** the inputs that could not be run */
  readonly errors: readonly InputError[];
}

type PrintOptions = OutputOptions & { readonly worst?: number } & Partial<Strictness>;

/** Prints the reports of a command as its options say. */
export async function printReports(results: Results, options: PrintOptions, io: Io): Promise<void> {
  const shown = { ...results, reports: results.reports.map(printableReport) };
  await summarise(shown, reportOptions(options, io), io);
  if (options.quiet && options.output === undefined) return;
  const text =
    options.format === 'json'
      ? formatJson(results.command, results.reports, results.passed, areSeveral(results))
      : formatShown(shown, options, io);
  if (options.output === undefined) io.stdout.write(text);
  else await writeWhole(options.output, text);
}

/** Every format but JSON, which has the names as they are. */
function formatShown(results: Results, options: PrintOptions, io: Io): string {
  const { command, reports, errors } = results;
  const report = reportOptions(options, io);
  const cases = (of: Report): Case[] => casesOf(of, report.strictness);
  switch (options.format) {
    case 'markdown':
      return formatMarkdown(command, reports, report);
    case 'github':
      return formatGithub(reports.flatMap(cases));
    case 'junit': {
      const failed = errors.map(({ problems, message }) => ({
        config: printable(problems[0]?.file ?? ''),
        cases: [],
        error: printable(message),
      }));
      return formatJunit(command, [
        ...reports.map((of) => ({ config: of.config, cases: cases(of) })),
        ...failed,
      ]);
    }
    default: {
      const annotated = io.env.GITHUB_ACTIONS && options.output === undefined;
      return `${tables(results, report)}\n${annotated ? formatGithub(reports.flatMap(cases)) : ''}`;
    }
  }
}

/** In GitHub Actions the verdicts also go to the summary of the job. */
async function summarise(
  { command, reports }: Results,
  options: ReportOptions,
  { env, stderr }: Io,
): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (
    !env.GITHUB_ACTIONS ||
    !file ||
    reports.every((report) => casesOf(report, options.strictness).length === 0)
  )
    return;
  await appendFile(file, `${formatMarkdown(command, reports, options)}\n`).catch(() => {
    stderr.write('fcnet: the job summary could not be written\n');
  });
}

const areSeveral = ({ reports, errors }: Results): boolean => reports.length + errors.length > 1;

function tables(results: Results, options: ReportOptions): string {
  const [only] = results.reports;
  if (!areSeveral(results) && only !== undefined) return formatTable(only, options);
  return formatSummary(results.reports, results.errors.length, results.passed, options);
}

const reportOptions = (options: PrintOptions, io: Io): ReportOptions => ({
  style: makeStyle(
    options.output === undefined ? wantsColor(io.stdout, io.env, options.color) : options.color === true,
  ),
  width: widthOf(io.stdout, io.env),
  digits: options.digits,
  full: options.full,
  worst: options.worst ?? 5,
  strictness: { strict: options.strict ?? false, allow: options.allow ?? [] },
});

/**
 * Writes a file whole or not at all: beside its place first, then renamed. A link stays a link to the file
 * that is written; what is no file (a pipe, a device) is written into.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    if (there !== undefined && !there.isFile()) await writeFile(file, content);
    else await replace(await targetOf(file), content, there?.mode);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** The file that a link leads to, though it may not be there yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const link = await readlink(file).catch(() => undefined);
    return link === undefined ? file : path.resolve(path.dirname(file), link);
  }
}

async function replace(file: string, content: string | Uint8Array, mode: number | undefined): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  const handle = await open(temporary, 'wx');
  try {
    try {
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
