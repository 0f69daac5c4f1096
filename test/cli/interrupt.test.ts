import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { folderWith, root, runBuilt as run, TINY } from './fcnet.ts';

/** Processes are looked up in /proc, and terminals made with script of util-linux. */
const onLinux = existsSync('/proc/self/cmdline');
const hasTerminal = spawnSync('bash', ['-c', 'script --version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
);
if (!onLinux || !hasTerminal)
  process.stderr.write('SKIPPED: some interrupt tests need /proc and util-linux\n');

const fcnet = path.join(root, 'bin/fcnet.js');

/** The processes whose command line is `sleep` with this duration. */
const sleeping = (duration: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid) === `sleep\0${duration}\0`);

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

/** Durations that no other process sleeps for: one for the command itself, one for what it starts. */
let made = 0;
const unique = (): string => `${600 + ++made}.${process.pid}`;

/** A command that starts a process in the background, and waits long itself. */
function sleeper(): { command: string; durations: string[] } {
  const durations = [unique(), unique()];
  return { command: `sh -c 'sleep ${durations[0]} & wait' & sleep ${durations[1]}`, durations };
}

const running = (durations: readonly string[]): number => durations.flatMap(sleeping).length;

/** Waits until something holds, for at most 50 s. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 50_000; !holds(); await pause(20))
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** milliseconds since it was interrupted */
  readonly after: number;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts a program; `interrupt` does what it is told to, and waits for the end. */
function started(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program, args, {
    cwd: folderWith({ 'tiny.json': TINY }),
    env: { ...process.env, ...env },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = new Promise<Omit<Ended, 'after' | 'output'>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const interrupt = async (act: (child: ChildProcess) => void): Promise<Ended> => {
    const at = Date.now();
    act(child);
    return { ...(await ended), output, after: Date.now() - at };
  };
  return { interrupt, outputs: () => output };
}

/** A command that answers for iris, with far too many digits. */
const ANSWER = `cat '${path.join(root, 'fixtures/iris.pytorch.json')}'`;

const TRACE = /^\s+at |Error|node:/m;

describe.runIf(onLinux)('while a command of --against runs', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '%s ends it and all that it started',
    async (signal) => {
      const { command, durations } = sleeper();
      const { interrupt } = started('node', [fcnet, 'compare', 'tiny.json', '--against', command]);
      await until(() => running(durations) === 2, 'the command runs');
      const { code, output, after } = await interrupt((child) => child.kill(signal));
      expect({ code, output }).toEqual({ code: 130, output: '' });
      expect(after).toBeLessThan(5000);
      await until(() => running(durations) === 0, 'the command is gone');
    },
  );

  test.runIf(hasTerminal)('Ctrl-C in a terminal does so too', async () => {
    const { command, durations } = sleeper();
    const quoted = `'${command.replaceAll("'", "'\\''")}'`;
    const line = `node '${fcnet}' compare tiny.json --against ${quoted}; echo "ended with $?"`;
    // An interrupted shell would end without the line above.
    const { interrupt } = started('script', ['-qec', `trap : INT; ${line}`, '/dev/null'], {
      SHELL: '/bin/bash',
    });
    await until(() => running(durations) === 2, 'the command runs');
    const { output } = await interrupt((child) => child.stdin?.write('\u0003'));
    expect(output).toMatch(/ended with 130\r?\n$/);
    expect(output).not.toMatch(TRACE);
    await until(() => running(durations) === 0, 'the command is gone');
  });

  test('its time ends, and with it all that it started', async () => {
    const { command, durations } = sleeper();
    const ended = run(['compare', '-', '--against', command, '--timeout', '2'], {
      stdin: JSON.stringify(TINY),
    });
    await until(() => running(durations) === 2, 'the command runs');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('the command took longer than 2 s (--timeout)');
    expect(stderr).not.toMatch(TRACE);
    await until(() => running(durations) === 0, 'the command is gone');
  });

  test('it answers, and what it left in the background is ended', async () => {
    const duration = unique();
    const answer = JSON.stringify({ dW1: [[0], [0]], db1: [0, 0] });
    const command = `sleep ${duration} >/dev/null 2>&1 & echo '${answer}'`;
    const { code, stderr } = await run(['compare', '-', '--against', command], {
      stdin: JSON.stringify(TINY),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    await until(() => sleeping(duration).length === 0, 'the background process is gone');
  });
});

describe.runIf(onLinux)('while files wait to be put to their places', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('%s leaves none of them', async (signal) => {
    const cwd = folderWith({ 'net.json': TINY });
    // The result is larger than what a pipe holds, and nobody reads it.
    const net = path.join(root, 'fixtures/iris.json');
    const args = ['compare', net, '--json', '--update', '--reference', path.join(cwd, 'golden.json')];
    const child = spawn('node', [fcnet, ...args, ...Array(40).fill(['--against', ANSWER]).flat()], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CI: '' }, // where it is set, --update refuses
    });
    children.push(child);
    const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    await until(() => readdirSync(cwd).length > 1, 'the golden file is prepared');
    child.kill(signal);
    expect(await ended).toBe(130);
    expect(readdirSync(cwd)).toEqual(['net.json']);
  });
});

/** A network whose check takes minutes. */
const LARGE = {
  X: { shape: [200, 100], normal: { mean: 0, std: 1 } },
  y: Array.from({ length: 100 }, (_, n) => n % 10),
  W1: { shape: [300, 200], normal: { mean: 0, std: 0.1 } },
  b1: Array(300).fill(0),
  W2: { shape: [10, 300], normal: { mean: 0, std: 0.1 } },
  b2: Array(10).fill(0),
};

describe.runIf(onLinux)('during a long computation', () => {
  test('SIGINT ends it at once, also after a command of --against', async () => {
    const cwd = folderWith({ 'large.json': LARGE });
    const answered = path.join(cwd, 'answered');
    const command = `echo '{"dW1": [[1]]}'; touch '${answered}'`;
    const { interrupt } = started('node', [
      fcnet,
      'compare',
      path.join(cwd, 'large.json'),
      '--naive',
      '--against',
      command,
    ]);
    await until(() => existsSync(answered), 'the command has answered');
    await pause(1000); // until it computes
    const { code, signal, output, after } = await interrupt((child) => child.kill('SIGINT'));
    expect(output).toBe('');
    expect(code ?? signal).toBe('SIGINT'); // 130 to a shell
    expect(after).toBeLessThan(2000);
  });

  test.runIf(hasTerminal)('Ctrl-C in a terminal does so too', async () => {
    const cwd = folderWith({ 'large.json': LARGE });
    const line = `trap : INT; echo started; node '${fcnet}' gradcheck '${cwd}/large.json' --naive; echo "ended with $?"`;
    const { interrupt, outputs } = started('script', ['-qec', line, '/dev/null'], { SHELL: '/bin/bash' });
    await until(() => outputs().includes('started'), 'the shell runs');
    await pause(1500); // until it computes
    const { output, after } = await interrupt((child) => child.stdin?.write('\u0003'));
    expect(output.replaceAll('\r\n', '\n')).toMatch(/^started\n(\^C)?\n?ended with 130\n$/);
    expect(after).toBeLessThan(2000);
  });
});
