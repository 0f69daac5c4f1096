import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../config/errors.ts';
import { formatJson } from '../report/json.ts';
import { makeStyle, type ReportOptions } from '../report/style.ts';
import { formatSummary, formatTable, type Report } from '../report/table.ts';
import { type Io, wantsColor, widthOf } from './io.ts';
import type { OutputOptions } from './options.ts';

/** Prints the reports of a command as its options say. */
export async function printReports(
  command: string,
  reports: readonly Report[],
  passed: boolean,
  options: OutputOptions & { worst?: number },
  io: Io,
): Promise<void> {
  if (options.quiet && options.output === undefined) return;
  const text =
    options.format === 'json'
      ? formatJson(command, reports, passed)
      : `${tables(reports, passed, reportOptions(options, io))}\n`;
  if (options.output === undefined) io.stdout.write(text);
  else await writeWhole(options.output, text);
}

function tables(reports: readonly Report[], passed: boolean, options: ReportOptions): string {
  const [only] = reports;
  if (reports.length === 1 && only !== undefined) return formatTable(only, options);
  return formatSummary(reports, passed, options);
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

/** Writes a file whole or not at all: beside its place first, then renamed. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw InputError.ofFile(file, `cannot be written: ${(error as Error).message}`);
  }
}
