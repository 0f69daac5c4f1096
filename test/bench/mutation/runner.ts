import { readFileSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { glob } from 'tinyglobby';
import type { Kept } from './vitest.ts';

/**
 * A test runner for Stryker that loads the tests once and runs them in its own process for each mutant, the quickest
 * first, until one fails: some milliseconds a mutant, where vitest takes a second to load everything again.
 *
 * Mutants that are only met while modules load (Stryker calls them static) it cannot test: they are to be ignored.
 */
class InProcess {
  static readonly inject = ['options'];
  readonly #stryker: StrykerGlobal;
  readonly #options: Options;
  #tests: Kept[] | undefined;
  #times: Record<string, number> = {};
  /** how often each test came by each mutant when it was not switched on */
  #hits: Hits = {};
  #killers: string[] = [];
  #hasKilled = false;
  #isBroken = false;

  constructor(options: { inProcess: Options }) {
    this.#options = options.inProcess;
    const globals = globalThis as { __stryker__?: StrykerGlobal };
    globals.__stryker__ ??= {};
    this.#stryker = globals.__stryker__;
  }

  capabilities() {
    return { reloadEnvironment: true }; // there is nothing to load again: each mutant is switched on at run time
  }

  /** Loads the tests here, for the first mutant of a process has no more time than another. */
  async init() {
    await this.#load();
  }

  async dryRun() {
    const results = [];
    const { atMost } = this.#options;
    for (const test of await this.#load()) {
      this.#stryker.currentTestId = test.id;
      const start = performance.now();
      let { failureMessage, ms } = await timed(test);
      if (ms > atMost && ms < 4 * atMost) ({ failureMessage, ms } = await timed(test)); // the first time compiles
      const timeSpentMs = performance.now() - start;
      this.#stryker.currentTestId = undefined;
      const { id } = test;
      this.#times[id] = ms;
      if (ms > atMost) {
        // One that failed, too: some say how long a thing may take. What has no name here is time given to all mutants.
        delete this.#stryker.mutantCoverage?.perTest[id];
        results.push({ id, name: id, timeSpentMs, status: 2 });
        continue;
      }
      results.push(
        failureMessage === undefined
          ? { id, name: id, timeSpentMs, status: 0 }
          : { id, name: id, timeSpentMs, status: 1, failureMessage },
      );
    }
    const { mutantCoverage } = this.#stryker;
    this.#hits = mutantCoverage?.perTest ?? {};
    writeFileSync(KNOWN, JSON.stringify({ times: this.#times, hits: this.#hits }));
    return { status: 'complete', tests: results, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter }: MutantRun) {
    if (this.#isBroken)
      throw new Error('a mutant has left something behind: the next one needs a new process');
    const tests = this.#quickestFirst(await this.#load(), testFilter);
    const stryker = this.#stryker;
    stryker.activeMutant = activeMutant.id;
    try {
      for (const [index, test] of tests.entries()) {
        stryker.hitCount = 0;
        stryker.hitLimit = 1000 + 20 * (this.#hits[test.id]?.[activeMutant.id] ?? 0);
        const failureMessage = await failure(test, Math.ceil(MOST_MS + 20 * (this.#times[test.id] ?? 0)));
        if (stryker.hitCount > stryker.hitLimit || failureMessage === ENDLESS)
          return { status: 'timeout', reason: `no end of it in ${test.id}` };
        if (failureMessage === undefined) continue;
        stryker.activeMutant = undefined;
        await this.#checkState(test);
        this.#killers = [test.id, ...this.#killers.filter((id) => id !== test.id)].slice(0, 20);
        return { status: 'killed', killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
      }
      return { status: 'survived', nrOfTests: tests.length };
    } finally {
      stryker.activeMutant = undefined;
      stryker.hitCount = undefined;
    }
  }

  /**
   * A test that a mutant has failed has to pass without it: else the mutant, or one before it, has left something behind
   * in the memory of the process. Stryker tries again in a new one, where it can only be the mutant itself.
   */
  async #checkState(test: Kept): Promise<void> {
    this.#stryker.hitCount = undefined;
    this.#isBroken = (await failure(test)) !== undefined;
    if (this.#isBroken && this.#hasKilled) throw new Error(`${test.id} fails without any mutant`);
    this.#hasKilled = true;
  }

  /** Those that killed one of the last mutants before the others. */
  #quickestFirst(tests: readonly Kept[], filter: readonly string[] | undefined): Kept[] {
    const asked = filter && new Set(filter);
    const rank = ({ id }: Kept): number => (this.#times[id] ?? 0) + (this.#killers.includes(id) ? 0 : 1e6);
    return tests.filter(({ id }) => asked?.has(id) ?? true).sort((one, other) => rank(one) - rank(other));
  }

  async #load(): Promise<Kept[]> {
    if (this.#tests) return this.#tests;
    register(new URL('resolve.mjs', HERE));
    const { testsOf } = (await import(new URL('vitest.ts', HERE).href)) as typeof import('./vitest.ts');
    this.#tests = [];
    for (const file of (await glob(this.#options.tests)).sort()) this.#tests.push(...(await testsOf(file)));
    try {
      const known = JSON.parse(readFileSync(KNOWN, 'utf8')) as { times: Record<string, number>; hits: Hits };
      this.#times = known.times;
      this.#hits = known.hits;
    } catch {
      // the first process finds it out
    }
    return this.#tests;
  }
}

/** This folder in the sandbox, whose modules the tests import. */
const HERE = pathToFileURL(resolve('test/bench/mutation/runner.ts'));
/** What the first process leaves to those that take its place. */
const KNOWN = 'known-of-tests.json';

type Hits = Record<string, Readonly<Record<string, number>>>;

interface Options {
  readonly tests: string[];
  /** Milliseconds of processor time that a test may take: a mutant that survives runs all that reach it. */
  readonly atMost: number;
}

/** What Stryker's mutants read and write. */
interface StrykerGlobal {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { readonly perTest: Hits };
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[];
}

/** A test, and the milliseconds of processor time that it takes. */
async function timed(test: Kept): Promise<{ failureMessage: string | undefined; ms: number }> {
  const start = process.cpuUsage();
  const failureMessage = await failure(test);
  const { user, system } = process.cpuUsage(start);
  return { failureMessage, ms: (user + system) / 1000 };
}

/** Why a test fails; what it does before it first waits is broken off after so many milliseconds. */
async function failure(test: Kept, most = 2 ** 30): Promise<string | undefined> {
  try {
    running.test = test;
    await (START.runInThisContext({ timeout: most }) as Promise<void>);
    return undefined;
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return ENDLESS;
    return String(error).slice(0, 300);
  }
}

/** What a test that does not end fails with, and the time that it has, to which its own is added many times. */
const ENDLESS = 'no end';
const MOST_MS = 2000;

/** Only what a script does can be broken off. */
const running: { test?: Kept } = {};
(globalThis as { mutantsRunning?: typeof running }).mutantsRunning = running;
const START = new Script('mutantsRunning.test.run()');

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcess }];
export const strykerValidationSchema = {
  properties: {
    inProcess: { type: 'object', required: ['tests', 'atMost'] },
  },
};
