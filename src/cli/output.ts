import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../files/errors.ts';
import { casesOf } from '../report/cases.ts';
import type { Failure } from '../report/errors.ts';
import { printable } from '../report/printable.ts';
import { makeStyle, type ReportOptions, type Strictness } from '../report/style.ts';
import { hasPassed, isAlone, printableReport, type Report } from '../report/table.ts';
import { destinationsOf } from './destinations.ts';
import { FORMATS, type FormatName, jobSummary, type Run, type Writer } from './formats.ts';
import { filesRead } from './inputs.ts';
import { type Io, print, wantsColor, widthOf } from './io.ts';
import type { OutputOptions } from './options.ts';

/** How the result of one input is drawn. */
export type Drawing = Pick<OutputOptions, 'digits' | 'full'> & {
  readonly worst?: number;
} & Partial<Strictness>;

/** Where a text goes: where results go, to the summary of the job in GitHub Actions, or to a file of its own. */
type Target = 'results' | 'summary' | { readonly file: string };

/** A text on its way. */
interface Draft {
  readonly target: Target;
  readonly writer: Writer;
}

/**
 * Prints the results of a run in every format that was asked for. Each input is drawn when its result is there, and
 * the result itself is not kept.
 */
export class Printing {
  readonly #options: OutputOptions;
  readonly #io: Io;
  readonly #drafts: readonly Draft[];
  readonly #inputs = new Set<string>();
  #inputCount = 0;
  #agreed = 0;
  #alone = false;
  #checks = false;

  /** @throws InputError where formats cannot stand beside one another */
  constructor(run: Run, options: OutputOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    this.#drafts = targetsOf(options, io).map(([name, target]) => ({
      target,
      writer: (name === 'summary' ? jobSummary : FORMATS[name])(run, this.#reportOptions(target, options)),
    }));
  }

  /** Keeps files that the run reads, by names that it was given, from being written over. */
  protect(files: Iterable<string>): void {
    for (const file of files) this.#inputs.add(file);
  }

  /** The result of an input. */
  add(report: Report, drawing: Drawing): void {
    const shown = printableReport(report);
    const strictness = strictnessOf(drawing);
    for (const { target, writer } of this.#drafts)
      writer.add({ report, shown, options: this.#reportOptions(target, drawing) });
    this.protect([pathOf(report.config), ...referencesOf(report)]);
    this.#inputCount++;
    if (hasPassed(report, strictness)) this.#agreed++;
    this.#alone ||= isAlone(report);
    this.#checks ||= casesOf(shown, strictness).length > 0;
  }

  /** An input that could not be run. */
  fail({ config, error }: Failure): void {
    for (const { writer } of this.#drafts) writer.fail({ config: printable(config), error });
    this.protect([pathOf(config)]);
    this.#inputCount++;
    this.#checks = true;
  }

  /** Prints what goes to standard output; files are written when the run has come to its end. */
  async end(): Promise<void> {
    const { output, quiet } = this.#options;
    const results = await this.#textOf('results');
    const files = this.#drafts.flatMap(({ target }) => (typeof target === 'object' ? [target] : []));
    for (const target of files) await this.#write(target.file, await this.#textOf(target));
    if (output?.file !== undefined) await this.#write(output.file, results);
    else if (!quiet) await print(this.#io.stdout, results);
    if (this.#checks) await summarise(await this.#textOf('summary'), this.#io);
  }

  async #textOf(wanted: Target): Promise<string> {
    const passed = this.#agreed === this.#inputCount;
    const tally = { inputs: this.#inputCount, agreed: this.#agreed, alone: this.#alone, passed };
    const drafts = this.#drafts.filter(({ target }) => target === wanted);
    return (await Promise.all(drafts.map(({ writer }) => writer.end(tally)))).join('');
  }

  async #write(file: string, text: string): Promise<void> {
    if (text === '') return;
    await refuseInput(file, [...this.#inputs, ...filesRead(this.#io)]);
    await this.#io.files.add(file, text);
  }

  #reportOptions(target: Target, drawing: Drawing): ReportOptions {
    const { output, color } = this.#options;
    const isShown = target === 'results' && output?.file === undefined;
    const { stdout, env } = this.#io;
    return {
      style: makeStyle(isShown ? wantsColor(stdout, env, color) : color === true && target !== 'summary'),
      width: widthOf(stdout, env),
      digits: drawing.digits,
      full: drawing.full,
      worst: drawing.worst ?? 5,
      strictness: strictnessOf(drawing),
    };
  }
}

/** The formats of a run, and where each goes. */
function targetsOf(
  { format, json, output, quiet }: OutputOptions,
  { env }: Io,
): (readonly [FormatName | 'summary', Target])[] {
  const { printed, filed } = destinationsOf(format, json);
  const isFiled = output?.file !== undefined;
  const isAnnotated =
    env.GITHUB_ACTIONS && !isFiled && printed.includes('table') && !printed.includes('github');
  const named = isAnnotated ? [...printed, 'github' as const] : printed;
  return [
    ...(isFiled || !quiet ? named.map((name) => [name, 'results'] as const) : []),
    ...filed.map(({ format: name, file }) => [name, { file }] as const),
    ...(env.GITHUB_ACTIONS && env.GITHUB_STEP_SUMMARY ? [['summary', 'summary'] as const] : []),
  ];
}

const strictnessOf = ({ strict = false, allow = [] }: Drawing): Strictness => ({ strict, allow });

/** Prints the result of a command that has one input. */
export async function printReport(
  command: string,
  report: Report,
  options: OutputOptions,
  io: Io,
): Promise<void> {
  const printing = new Printing({ command, inputs: 1 }, options, io);
  printing.add(report, options);
  await printing.end();
}

const pathOf = (config: string): string => (config === '<stdin>' ? '/dev/stdin' : config);

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
async function summarise(text: string, { env, stderr }: Io): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (!file || text === '') return;
  await appendFile(file, `${text}\n`).catch(() => {
    stderr.write('fcnet: the job summary could not be written\n');
  });
}
