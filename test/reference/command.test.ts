import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InputError } from '../../src/files/errors.ts';
import { type CommandOptions, runCommand } from '../../src/reference/command.ts';
import { newFolder } from '../folders.ts';

const options = (own: Partial<CommandOptions> = {}): CommandOptions => ({
  config: 'net.json',
  timeout: 60,
  onInterrupt: () => () => {},
  ...own,
});

/** What a command that fails is said to have done, and what it has written about it. */
async function failure(command: string, own?: Partial<CommandOptions>) {
  try {
    await runCommand(command, 'in', options(own));
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ message, output }) => ({ message, output }));
    throw error;
  }
  throw new Error('expected an error, there was none');
}

test('a command reads its input, and what it writes is its answer', async () => {
  expect(await runCommand('cat', 'a\nb', options())).toEqual({ stdout: 'a\nb', stderr: '' });
  expect(await runCommand('cat /dev/stdin; echo why >&2', 'c', options())).toEqual({
    stdout: 'c',
    stderr: 'why',
  });
});

test('an answer is whole, however long it is, and the input need not be read', async () => {
  const long = 'x'.repeat(300_000);
  const { stdout } = await runCommand('cat', long, options());
  expect(stdout === long).toBe(true);
  expect((await runCommand('echo 1', long, options())).stdout).toBe('1\n');
});

test('a command runs where it is told to', async () => {
  const folder = realpathSync(tmpdir());
  expect((await runCommand('pwd -P', '', options({ folder }))).stdout).toBe(`${folder}\n`);
  expect((await runCommand('pwd -P', '', options())).stdout).toBe(`${realpathSync(process.cwd())}\n`);
});

test.each<[string, string, string | undefined]>([
  ['exit 3', 'the command failed with exit code 3 (given net.json)', undefined],
  [
    'echo "  no numpy " >&2; exit 1',
    'the command failed with exit code 1 (given net.json); its standard error:',
    'no numpy',
  ],
  ['kill -TERM $$', 'the command was ended by SIGTERM (given net.json)', undefined],
])('%s: what became of it is said, and the reason that it gave', async (command, message, output) => {
  const [problem] = await failure(command);
  expect(problem!.message).toBe(message);
  expect(problem!.output || undefined).toBe(output);
});

test('of a long standard error the end is shown', async () => {
  const [problem] = await failure('for i in $(seq 2000); do echo line $i; done >&2; exit 1');
  expect(problem!.output).toMatch(/line 2000$/);
  expect(problem!.output!.length).toBeLessThanOrEqual(4000);
  expect(problem!.output!.length).toBeGreaterThan(3900);
});

test('a command that takes too long is ended', async () => {
  const problems = await failure('sleep 30', { timeout: 0.05 });
  expect(problems[0]!.message).toBe('the command took longer than 0.05 s (--timeout) (given net.json)');
});

test('a folder that is not there: the command cannot be started', async () => {
  const [problem] = await failure('true', { folder: '/there/is/no/such' });
  expect(problem!.message).toContain('the command cannot be started: ');
});

test('an interrupt ends it, and once it has ended there is nothing to interrupt', async () => {
  const calls: string[] = [];
  let interrupt = (): void => {};
  const running = failure('sleep 30', {
    onInterrupt: (stop) => {
      calls.push('registered');
      interrupt = stop;
      return () => void calls.push('taken back');
    },
  });
  expect(calls).toEqual(['registered']);
  interrupt();
  expect((await running)[0]!.message).toBe('the command was ended by SIGKILL (given net.json)');
  expect(calls).toEqual(['registered', 'taken back']);
});

test('what it leaves running is ended, and not waited for', async () => {
  const { stdout } = await runCommand('sleep 30 & echo $!', '', options());
  const isAlive = (): boolean => {
    try {
      process.kill(Number(stdout), 0);
      return !existsSync('/proc') || !readFileSync(`/proc/${stdout.trim()}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };
  while (isAlive()) await wait(10); // one that nobody reaps has ended, too
  expect(Number(stdout)).toBeGreaterThan(0);
});

test('its input leaves no file behind', async () => {
  const own = newFolder();
  const { TMPDIR } = process.env;
  process.env.TMPDIR = own;
  try {
    expect((await runCommand('cat', 'in', options())).stdout).toBe('in');
    expect(readdirSync(own)).toEqual([]);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});
