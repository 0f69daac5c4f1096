import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findingIds } from '../../src/mistakes/explain.ts';
import { folderWith, run, shell, spawned } from './fcnet.ts';

const scriptOf = async (name: string): Promise<string> => (await run(['completion', name])).stdout;
const [bash, zsh, fish] = [await scriptOf('bash'), await scriptOf('zsh'), await scriptOf('fish')];

const cwd = folderWith({ 'net.json': {}, 'other net.json': {} });
writeFileSync(`${cwd}/completion.bash`, bash);

/** What bash offers at the end of a line, by the function that it would call. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const line = ['fcnet', ...words].map((word) => `'${word}'`).join(' ');
  const program = `
    source completion.bash
    COMP_WORDS=(${line}); COMP_CWORD=${words.length}
    $(complete -p fcnet | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`;
  const { code, stdout, stderr } = await spawned('bash', ['-uc', program], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter((word) => word !== '');
}

/** The flags that the help of a command lists. */
const flagsOf = async (command: string): Promise<string[]> => {
  const { stdout } = await run([command, '--help'], { env: { COLUMNS: '100' } });
  return [...stdout.matchAll(/^ {2}(-\w)?(?:, )?(--[\w-]+)?[ ,]/gm)].flatMap(([, short, long]) =>
    [short, long].filter((flag) => flag !== undefined),
  );
};

describe.concurrent('bash completes', () => {
  test('commands', async () => {
    expect(await offered('c')).toEqual(['compare', 'check', 'completion']);
    expect(await offered('')).toContain('gradcheck');
    expect(await offered('--v')).toEqual(['--version']);
  });

  test.each(['forward', 'gradcheck', 'compare', 'check', 'init', 'train', 'explain'])(
    'the options of %s, all that its help lists and no others',
    async (command) => {
      const flags = await flagsOf(command);
      expect(flags.length).toBeGreaterThan(1);
      expect((await offered(command, '-')).sort()).toEqual(flags.sort());
    },
  );

  test.each<[string[], string[]]>([
    [
      ['compare', '--dtype', 'float'],
      ['float64', 'float32', 'float16'],
    ],
    [['compare', '--activation', 'leaky'], ['leaky-relu']],
    [
      ['gradcheck', '--format', 'j'],
      ['json', 'junit'],
    ],
    [['forward', '--format', 'j'], ['json']],
    [['gradcheck', '--allow', 'inc'], ['inconclusive']],
    [['completion', 'f'], ['fish']],
    [['help', 'expl'], ['explain']],
    [['schema', 'pro'], ['project']],
    [['compare', '--timeout', ''], []],
    [['compare', '--reference', 'net'], ['net.json']],
    [['compare', 'other'], ['other net.json']],
    [['loss', '--reg', '0', 'ne'], ['net.json']],
  ])('the words of options and arguments: %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  test('the ids of mistakes', async () => {
    expect(await offered('explain', '')).toEqual([...findingIds]);
  });
});

test('a line that sources it is all that bash needs', async () => {
  const { code, stdout } = await shell('source <(fcnet completion bash); complete -p fcnet', { cwd });
  expect(code).toBe(0);
  expect(stdout).toBe('complete -o bashdefault -o filenames -F _fcnet fcnet\n');
});

test.each(['gradcheck', 'compare', 'init'])('zsh and fish know every option of %s, too', async (command) => {
  const branch = zsh.slice(
    zsh.indexOf(`\n    ${command})\n`),
    zsh.indexOf(';;', zsh.indexOf(`\n    ${command})\n`)),
  );
  const lines = fish.split('\n').filter((line) => line.includes(`__fish_seen_subcommand_from ${command}'`));
  for (const flag of await flagsOf(command)) {
    expect(branch).toContain(`'*${flag}[`);
    const [dashes = '', name = ''] = /^(--?)(.*)$/.exec(flag)?.slice(1) ?? [];
    const option = dashes === '--' ? `-l ${name}` : `-s ${name}`;
    expect(
      lines.some((line) => `${line} `.includes(` ${option} `)),
      `${flag} in fish`,
    ).toBe(true);
  }
});

const hasShell = (name: string): boolean => {
  const isThere = spawnSync(name, ['-c', 'exit 0']).status === 0;
  if (!isThere)
    process.stderr.write(`!!! SKIPPED: completion in ${name}, which is not here (apt-get install ${name})\n`);
  return isThere;
};

/** What a line becomes when Tab is pressed at its end, and what is offered for it where that is said. */
const PRESSED: readonly (readonly [line: string, completed: string])[] = [
  ['fcnet compar', 'fcnet compare '],
  ['fcnet compare --upd', 'fcnet compare --update '],
  ['fcnet loss --loss sq', 'fcnet loss --loss squared-error '],
  ['fcnet gradcheck --allow inc', 'fcnet gradcheck --allow inconclusive '],
  ['fcnet explain missing-sl', 'fcnet explain missing-slope '],
  ['fcnet help expl', 'fcnet help explain '],
  ['fcnet compare --reference net', 'fcnet compare --reference net.json '],
  ['fcnet compare oth', 'fcnet compare other\\ net.json '],
];

describe.runIf(hasShell('zsh'))('in a zsh that somebody types into', () => {
  const DRIVER = `
    zmodload zsh/zpty
    zpty z 'PS1= zsh -f -i'
    zpty -w z 'autoload -Uz compinit; compinit -D -u; source fcnet.zsh; setopt nolistbeep'
    zpty -w z 'show() { print -r -- "$BUFFER" > "$LINE_FILE"; exit }; zle -N show; bindkey "^X" show; print READY'
    zpty -m -r z out '*READY'
    zpty -w -n z "$1"$'\\t\\x18'
    while zpty -r z out; do :; done
    zpty -d z`;

  test.each(PRESSED)('%s and Tab is %s', async (line, completed) => {
    const folder = folderWith({
      'net.json': {},
      'other net.json': {},
      'fcnet.zsh': zsh,
      'driver.zsh': DRIVER,
    });
    const env = { LINE_FILE: `${folder}/line`, TERM: 'dumb', ZDOTDIR: folder };
    const { code } = await spawned('zsh', ['-f', 'driver.zsh', line], { cwd: folder, env });
    expect(code).toBe(0);
    expect(readFileSync(`${folder}/line`, 'utf8')).toBe(`${completed}\n`);
  });
});

describe.runIf(hasShell('fish'))('in fish', () => {
  test.each([
    ...PRESSED,
    ['fcnet compare --dtype float', 'float16 float32 float64'],
    ['fcnet compare --timeout ', ''],
  ] as const)('%s and Tab is %s', async (line, completed) => {
    const folder = folderWith({ 'net.json': {}, 'other net.json': {}, 'fcnet.fish': fish });
    const program = `source fcnet.fish; complete -C '${line}'`;
    const env = { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder };
    const { code, stdout, stderr } = await spawned('fish', ['--no-config', '-c', program], {
      cwd: folder,
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const words = stdout.split('\n').map((text) => text.split('\t')[0]);
    const last = line.slice(line.lastIndexOf(' ') + 1);
    const start = completed.startsWith('fcnet ') ? line.length - last.length : 0;
    expect(words.filter((word) => word !== '').join(' ')).toBe(
      completed.slice(start).trimEnd().replaceAll('\\', ''),
    );
  });
});

const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasTerminal)
  process.stderr.write('!!! SKIPPED: completion in a bash on a terminal: no script of util-linux\n');

describe.runIf(hasTerminal)('in a bash that somebody types into', () => {
  // A key of its own writes the line down, as readline has completed it.
  const RC = `
    PS1=; source fcnet.bash; set +o history
    show() { printf '%s\\n' "$READLINE_LINE" > line; exit; }; bind -x '"\\C-x": show'`;

  test.each(PRESSED)('%s and Tab is %s', async (line, completed) => {
    const folder = folderWith({ 'net.json': {}, 'other net.json': {}, 'fcnet.bash': bash, rc: RC });
    const command = ['-qec', 'bash --rcfile rc -i', '/dev/null'];
    await spawned('script', command, { cwd: folder, stdin: `${line}\t\u0018`, env: { SHELL: '/bin/bash' } });
    expect(readFileSync(`${folder}/line`, 'utf8')).toBe(`${completed}\n`);
  });
});

test.each<[string, string]>([
  ['zsh', zsh],
  ['fish', fish],
])('what %s gets is of its own syntax, where it is there to say so', async (name, script) => {
  expect(script).toMatch(new RegExp(`fcnet completion for ${name}`));
  if (!existsSync(`/usr/bin/${name}`)) return;
  const file = `${folderWith({ script })}/script`;
  const { code, stderr } = await spawned(name, ['-n', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('another shell is refused, with the one that was meant', async () => {
  const { code, stdout, stderr } = await run(['completion', 'bsh']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Allowed choices are bash, zsh, fish. Did you mean bash?');
});
