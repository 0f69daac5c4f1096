import { InputError } from '../files/errors.ts';
import type { Failure } from '../report/errors.ts';
import { hasPassed, type Report } from '../report/table.ts';
import { asksForJson, reportError } from './errors.ts';
import type { Cli } from './evaluation.ts';
import { type Part, partOf } from './inputs.ts';
import type { Io } from './io.ts';
import type { Drawing, Printing } from './output.ts';
import { ProgressLine } from './progress.ts';

/** One of the inputs of a run, still to be checked. */
export interface Job {
  /** as it is called where it cannot be run */
  readonly config: string;
  readonly drawing: Drawing;
  check(io: Io): Promise<Report>;
}

/** Inputs that are checked with the same options. */
export interface Group {
  readonly jobs: readonly Job[];
  /** how many may be on their way at once */
  readonly most: number;
  /** what can only be told when all inputs of the run were checked, none of which failed */
  finish(): Promise<void> | void;
}

/**
 * Checks inputs, prints their results in their order and says the worst exit code.
 *
 * @throws InputError where what is printed cannot be, or `finish` finds something
 */
export async function runJobs(groups: readonly Group[], printing: Printing, cli: Cli): Promise<void> {
  const failures: Failure[] = [];
  let agreed = true;
  const { stderr } = cli.io;
  const inputs = groups.reduce((sum, { jobs }) => sum + jobs.length, 0);
  const whole = new ProgressLine(stderr);
  let taken = 0;
  const take = ({ job, part, outcome }: Done): void => {
    whole.end();
    part.end();
    taken++;
    if (inputs > 1) whole.tell(taken, inputs, `${taken} of ${inputs} configs`);
    if ('report' in outcome) {
      printing.add(outcome.report, job.drawing);
      const { strict = false, allow = [] } = job.drawing;
      agreed &&= hasPassed(outcome.report, { strict, allow });
    } else {
      if (!(outcome.error instanceof InputError)) throw outcome.error;
      const failure = { config: job.config, error: outcome.error };
      printing.fail(failure);
      failures.push(failure);
    }
  };
  for (const { jobs, most } of groups)
    await inOrder(jobs, most, (job) => done(job, watched(cli.io, most > 1)), take);
  whole.end();
  if (failures.length === 0) for (const { finish } of groups) await finish();
  else reportError(InputError.all(failures.map(({ error }) => error)), asksForJson(cli.io.argv), cli.io);
  await printing.end();
  cli.exit(failures.length > 0 ? 2 : agreed ? 0 : 1);
}

/** One input's part of a run. On a terminal its notes wait, too: the line that says how far it is stands there. */
function watched(io: Io, waits: boolean): Part {
  const line = new ProgressLine(io.stderr);
  const part = partOf(io, waits || io.stderr.isTTY === true, (done, total) =>
    line.tell(done, total, `numerical gradient: ${done} of ${total} entries`),
  );
  return {
    io: part.io,
    end() {
      line.end();
      part.end();
    },
  };
}

interface Done {
  readonly job: Job;
  readonly part: Part;
  readonly outcome: { readonly report: Report } | { readonly error: unknown };
}

/** Never rejects: what became of a job is told in its turn. */
async function done(job: Job, part: Part): Promise<Done> {
  try {
    return { job, part, outcome: { report: await job.check(part.io) } };
  } catch (error) {
    return { job, part, outcome: { error } };
  }
}

/**
 * Takes what comes of each thing in their order, so many on their way at once. One that is done early waits for its
 * turn and keeps its place, so that there are never more results than that.
 */
async function inOrder<T, R>(
  things: readonly T[],
  most: number,
  start: (thing: T) => Promise<R>,
  take: (result: R) => void,
): Promise<void> {
  const started: Promise<R>[] = [];
  for (const [i, thing] of things.entries()) {
    started.push(start(thing));
    if (i + 1 >= most) take(await (started.shift() as Promise<R>));
  }
  for (const rest of started) take(await rest);
}
