import { existsSync, writeFileSync } from 'node:fs';
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

test.each<[string, string]>([
  ['zsh', zsh],
  ['fish', fish],
])('what %s gets is of its own syntax, where it is there to say so', async (name, script) => {
  expect(script).toMatch(new RegExp(`fcnet completion for ${name}`));
  if (!existsSync(`/usr/bin/${name}`)) return;
  const { code, stderr } = await spawned(name, ['-n'], { stdin: script });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('another shell is refused, with the one that was meant', async () => {
  const { code, stdout, stderr } = await run(['completion', 'bsh']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Allowed choices are bash, zsh, fish. Did you mean bash?');
});
