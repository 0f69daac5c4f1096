import { existsSync, readFileSync } from 'node:fs';

/** What Stryker's report says of each mutant. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** A row of the table in the README, of the report of a room if there is one. */
export function scoreOf(room: string, file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (wanted: string): number => statuses.filter((status) => status === wanted).length;
  const [killed, timeout] = [count('Killed'), count('Timeout')];
  const [survived, uncovered] = [count('Survived'), count('NoCoverage')];
  const all = killed + timeout + survived + uncovered;
  const score = `${((100 * (killed + timeout)) / all).toFixed(1)}%`;
  return `| ${[room, all, killed, timeout, survived, uncovered, score].join(' | ')} |`;
}
