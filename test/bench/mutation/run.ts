import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ROOMS, type Room } from './rooms.ts';
import { scoreOf } from './score.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Stryker is no dependency of fcnet: it stands in a package of its own. */
interface Stryker {
  new (options: object): { runMutationTest(): Promise<unknown> };
}
const core = new URL('stryker/node_modules/@stryker-mutator/core/dist/src/index.js', import.meta.url).href;

const reportOf = (room: string): string => `reports/mutation/${room}.json`;

const options = ({ mutate, tests }: Room, room: string): object => ({
  mutate,
  inProcess: { tests, atMost: 60 },
  testRunner: 'in-process',
  plugins: [here('runner.ts')],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  mutator: { excludedMutations: ['StringLiteral'] },
  timeoutMS: 4_000,
  timeoutFactor: 1.5,
  concurrency: Math.max(1, availableParallelism() - 1),
  ignorePatterns: ['/.stryker-tmp', 'dist', 'docs', 'reports', 'node_modules', '*.md'],
  dryRunTimeoutMinutes: 20,
  tsconfigFile: 'none',
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: reportOf(room) },
  allowConsoleColors: false,
  tempDirName: `.stryker-tmp/${room}`,
});

process.env.NODE_OPTIONS = '--import tsx'; // the processes that Stryker starts load the runner, too
const { Stryker } = (await import(core)) as { Stryker: Stryker };
const [only, ...files] = process.argv.slice(2);
for (const [name, room] of Object.entries(ROOMS)) {
  if (only !== undefined && only !== name) continue;
  await new Stryker(options(files.length > 0 ? { ...room, mutate: files } : room, name)).runMutationTest();
}

process.stdout.write(`
| room | mutants | killed | timed out | survived | not reached | score |
| --- | --- | --- | --- | --- | --- | --- |
${Object.keys(ROOMS)
  .flatMap((name) => scoreOf(name, reportOf(name)) ?? [])
  .join('\n')}
`);
