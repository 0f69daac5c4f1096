import { appendFile, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../config/errors.ts';
import { type Case, casesOf } from '../report/cases.ts';
import { formatGithub } from '../report/github.ts';
import { formatJson } from '../report/json.ts';
import { formatJunit } from '../report/junit.ts';
import { formatMarkdown } from '../report/markdown.ts';
import { makeStyle, type ReportOptions } from '../report/style.ts';
import { formatSummary, formatTable, printableReport, type Report } from '../report/table.ts';
import { type Io, wantsColor, widthOf } from './io.ts';
import type { OutputOptions } from './options.ts';

/** What was asked for and what became of it. */
export interface Results {
  readonly command: string;
  readonly reports: readonly Report[];
  readonly passed: boolean;
  /** how many inputs could not be run */
  readonly failed: number;
}

/** Prints the reports of a command as its options say. */
export async function printReports(
  results: Results,
  options: OutputOptions & { worst?: number },
  io: Io,
): Promise<void> {
  await summarise(results, options, io);
  if (options.quiet && options.output === undefined) return;
  const text = formatResults(results, options, io);
  if (options.output === undefined) io.stdout.write(text);
  else await writeWhole(options.output, text);
}

function formatResults(results: Results, options: OutputOptions & { worst?: number }, io: Io): string {
  const { command, reports } = results;
  const cases = (): Case[] => reports.map(printableReport).flatMap(casesOf);
  switch (options.format) {
    case 'json':
      return formatJson(command, reports, results.passed, areSeveral(results));
    case 'markdown':
      return formatMarkdown(command, reports.map(printableReport), reportOptions(options, io));
    case 'github':
      return formatGithub(cases());
    case 'junit':
      return formatJunit(
        command,
        reports.map(printableReport).map(({ config }) => config),
        cases(),
      );
    case 'table': {
      const annotations = io.env.GITHUB_ACTIONS && options.output === undefined ? formatGithub(cases()) : '';
      return `${tables(results, reportOptions(options, io))}\n${annotations}`;
    }
  }
}

/** In GitHub Actions the verdicts also go to the summary of the job. */
async function summarise(
  { command, reports }: Results,
  options: OutputOptions & { worst?: number },
  { env, ...io }: Io,
): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (!env.GITHUB_ACTIONS || !file || reports.every((report) => casesOf(report).length === 0)) return;
  await appendFile(
    file,
    `${formatMarkdown(command, reports.map(printableReport), reportOptions(options, { env, ...io }))}\n`,
  ).catch(() => {
    io.stderr.write('fcnet: the job summary could not be written\n');
  });
}

const areSeveral = ({ reports, failed }: Results): boolean => reports.length + failed > 1;

function tables(results: Results, options: ReportOptions): string {
  const [only] = results.reports;
  if (!areSeveral(results) && only !== undefined) return formatTable(only, options);
  return formatSummary(results.reports, results.failed, results.passed, options);
}

const reportOptions = (options: OutputOptions & { worst?: number }, io: Io): ReportOptions => ({
  style: makeStyle(
    options.output === undefined ? wantsColor(io.stdout, io.env, options.color) : options.color === true,
  ),
  width: widthOf(io.stdout, io.env),
  digits: options.digits,
  full: options.full,
  worst: options.worst ?? 5,
});

/**
 * Writes a file whole or not at all: beside its place first, then renamed. A link stays a link to the file
 * that is written; what is no file (a pipe, a device) is written into.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    if (there !== undefined && !there.isFile()) await writeFile(file, content);
    else await replace(there === undefined ? file : await realpath(file), content);
  } catch (error) {
    throw InputError.ofFile(file, `cannot be written: ${(error as Error).message}`);
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  const handle = await open(temporary, 'wx');
  try {
    try {
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
