import path from 'node:path';
import { InputError } from '../../files/errors.ts';
import { giveWordsOf } from '../../reference/give.ts';
import { printable } from '../../report/printable.ts';
import { checked } from '../checks.ts';
import { type CompareCommandOptions, comparing } from '../commands/compare.ts';
import { type Destination, destinationOf } from '../destinations.ts';
import type { Cli } from '../evaluation.ts';
import { filesOf, hintFor } from '../globs.ts';
import type { Group, Job } from '../jobs.ts';
import type { Labelled } from '../labelled.ts';
import type { OutputOptions } from '../options.ts';
import type { Entry, Project } from './load.ts';

/** What the command line says besides: it comes before what the project file says. */
export type CheckProjectOptions = Partial<OutputOptions> & {
  readonly worst?: number;
  readonly jobs?: number;
  readonly strict?: boolean;
  readonly update: boolean;
};

/** One object of a project file, as the options of `compare`, and the nets that it names. */
export interface Planned {
  readonly nets: readonly string[];
  readonly options: CompareCommandOptions;
}

/**
 * What a project file asks for.
 *
 * @throws InputError where no net is there at all
 */
export async function planOf(project: Project, given: CheckProjectOptions, cli: Cli): Promise<Planned[]> {
  const planned = [];
  for (const entry of project.entries) {
    const patterns = listOf(entry.nets);
    planned.push({
      nets: await filesOf(patterns, project.folder),
      options: optionsOf(entry, project.folder, given),
      patterns,
    });
  }
  const isAny = planned.some(({ nets }) => nets.length > 0);
  for (const { nets, options, patterns } of planned) {
    if (nets.length > 0) continue;
    const [first = ''] = patterns;
    const error = InputError.ofFile(
      project.file,
      `no config matches ${patterns.join(', ')}${await hintFor(first, project.folder)}`,
    );
    if (!isAny || options.strict) throw error;
    cli.io.stderr.write(
      `note: ${printable(error.problems[0]?.file ?? '')}: ${printable(error.problems[0]?.message ?? '')}\n`,
    );
  }
  return planned;
}

/** The inputs of each object, compared with its options. */
export const groupsOf = (planned: readonly Planned[], cli: Cli): Group[] =>
  planned.map(({ nets, options }) => {
    const check = comparing(cli);
    return {
      jobs: nets.map(
        (config): Job => ({
          config,
          drawing: options,
          check: (io) => checked(config, check, options, io, nets.length),
        }),
      ),
      most: options.jobs,
      finish: () => check.finish?.(options),
    };
  });

/**
 * How the run prints: as the command line says, else as the first object that says so; files that the objects name are
 * written all the same.
 */
export function printingOf({ entries, folder }: Project, given: CheckProjectOptions): OutputOptions {
  const first = <Key extends 'quiet' | 'color'>(key: Key): Entry[Key] | undefined =>
    entries.find((entry) => entry[key] !== undefined)?.[key];
  const color = given.color ?? first('color');
  const own = formatsOf(entries, folder);
  const isAsked = given.json || given.format?.some(({ file }) => file === undefined);
  const format = [...(given.format ?? []), ...own.filter(({ file }) => file !== undefined || !isAsked)];
  return {
    ...given,
    format,
    digits: given.digits ?? entries[0]?.digits ?? DIGITS,
    full: given.full ?? entries[0]?.full ?? false,
    quiet: given.quiet ?? first('quiet') ?? false,
    ...(color !== undefined && { color }),
  };
}

const DIGITS = 6;

/** The formats of all objects, each once, with files beside the project file. */
function formatsOf(entries: readonly Entry[], folder: string): Destination[] {
  const words = [...new Set(entries.flatMap(({ format }) => listOf(format)))];
  return words.flatMap((word) => {
    const destination = destinationOf(word);
    if (destination?.file === undefined) return destination ?? [];
    return { ...destination, file: beside(folder, destination.file) };
  });
}

function optionsOf(
  entry: Project['entries'][number],
  folder: string,
  given: CheckProjectOptions,
): CompareCommandOptions {
  const { output, noReference, against, references, allow, only, give, color: _, ...same } = entry;
  return {
    ...same,
    ...(output !== undefined && { output: { network: output } }),
    ...(noReference && { ownReference: false }),
    ...(only !== undefined && { only: listOf(only) }),
    ...(folder !== '' && { folder }),
    against: labelledOf(against),
    reference: labelledOf(references).map(({ source, label }) => ({ source: beside(folder, source), label })),
    rename: entry.rename ?? {},
    give: give === undefined ? [] : (giveWordsOf(give) ?? []),
    timeout: entry.timeout ?? 60,
    strict: given.strict ?? entry.strict ?? false,
    allow: listOf(allow),
    naive: entry.naive ?? false,
    seed: entry.seed ?? 0,
    worst: given.worst ?? entry.worst ?? 5,
    jobs: given.jobs ?? entry.jobs ?? 1,
    digits: given.digits ?? entry.digits ?? DIGITS,
    full: given.full ?? entry.full ?? false,
    quiet: given.quiet ?? entry.quiet ?? false,
    format: [],
    update: given.update,
  };
}

const beside = (folder: string, file: string): string =>
  path.isAbsolute(file) ? file : path.join(folder, file);

const labelledOf = (named: Entry['against']): Labelled[] =>
  typeof named === 'object' && !Array.isArray(named)
    ? Object.entries(named).map(([label, source]) => ({ source, label }))
    : listOf(named).map((source) => ({ source, label: undefined }));

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
