import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture, folderWith, type Ran, root, run, TINY } from './fcnet.ts';

// What an input says is printed, and does nothing: neither to a CI service that reads the log, nor to a terminal.

const FORMATS = ['table', 'json', 'markdown', 'github', 'junit', 'html'];
const ACTIONS = { GITHUB_ACTIONS: 'true' };

/** A name that, were it printed as it is, would silence or forge annotations, on a line of its own or within one. */
const COMMANDS =
  '::stop-commands::x\n::add-mask::y\r::error::z\u2028::debug::u ::notice::v ##[error]w ##vso[task.complete]t';

/** A file name can hold all of it but the slash. */
const IN_A_NAME = COMMANDS.replaceAll('/', '');

/** Lines that GitHub or Azure would obey; fcnet's own annotations are the only ones. */
const obeyed = ({ stdout, stderr }: Ran): string[] =>
  `${stdout}\n${stderr}`
    .split(/[\n\r\u2028\u2029\u0085]/)
    .filter((line) => /^\s*::(?!(error|warning) file=)/.test(line) || /##(vso)?\[/.test(line));

const sideways = { ...fixture('two-layer.json'), reference: undefined };
const theirs = fixture('two-layer.pytorch.json');

describe.concurrent('nothing in an input is a command to the log it is printed in:', () => {
  test.each<[string, string[], object]>([
    ['the name of a network', ['compare', 'net.json'], { ...TINY, name: COMMANDS }],
    ['the name of one that is only computed', ['forward', 'net.json'], { ...TINY, name: COMMANDS }],
    ['the description', ['gradcheck', 'net.json'], { ...TINY, description: COMMANDS }],
    ['an unknown key', ['compare', 'net.json'], { ...TINY, [COMMANDS]: 1 }],
    ['a value', ['compare', 'net.json'], { ...TINY, reg: COMMANDS }],
    ['an activation', ['compare', 'net.json'], { ...TINY, activation: [COMMANDS] }],
    ['an array', ['compare', 'net.json'], { ...TINY, W1: [[COMMANDS], [2]] }],
    ['the file of an array', ['compare', 'net.json'], { ...TINY, W1: { file: COMMANDS, key: COMMANDS } }],
    ['the path of a reference', ['compare', 'net.json'], { ...TINY, reference: `${COMMANDS}.json` }],
    ['a tensor of a reference', ['compare', 'net.json'], { ...TINY, reference: { [COMMANDS]: [[1]] } }],
    ['a value in a reference', ['compare', 'net.json'], { ...TINY, reference: { dW1: [[COMMANDS]] } }],
    ['its precision', ['compare', 'net.json'], { ...TINY, reference: { dtype: COMMANDS, dW1: [[1]] } }],
    ['the name of a reference', ['compare', 'net.json', '--reference', `${IN_A_NAME}.json`], sideways],
    ['the name of a config', ['compare', `${IN_A_NAME}.json`, 'net.json'], { ...TINY, reg: -1 }],
    ['a command', ['compare', 'net.json', '--against', `echo '${COMMANDS}'`], TINY],
    ['its standard error', ['compare', 'net.json', '--against', `echo '${COMMANDS}' >&2; false`], TINY],
    ['an option', ['compare', 'net.json', '--reg', COMMANDS], TINY],
  ])('%s', async (_, args, net) => {
    const cwd = folderWith({ 'net.json': net });
    writeFileSync(
      `${cwd}/${IN_A_NAME}.json`,
      JSON.stringify({ ...theirs, dW1: [[1]], reference: undefined }),
    );
    for (const format of args[0] === 'forward' ? FORMATS.slice(0, 3) : FORMATS) {
      const ran = await run([...args, '--format', format], { cwd, env: ACTIONS });
      if (format === 'table') expect(ran.stdout + ran.stderr).not.toBe('');
      expect(obeyed(ran), format).toEqual([]);
    }
  });

  test('functions of a module', async () => {
    const name = JSON.stringify(COMMANDS);
    const cwd = folderWith({
      'm.mjs': `export const x = [0]; export const f = { ${name}: (x) => Math.sqrt(x[0]), ${name.replace('x', 'z')}: () => 1 };
        export const gradient = { ${name}: () => [3], ${name.replace('x', 'z')}: () => [3] }`,
    });
    for (const format of FORMATS)
      expect(obeyed(await run(['gradcheck', 'm.mjs', '--format', format], { cwd, env: ACTIONS }))).toEqual(
        [],
      );
  });

  test('and its JSON still says the same', async () => {
    const cwd = folderWith({ 'net.json': { ...TINY, reference: { [COMMANDS]: [[1]] } } });
    const { stdout } = await run(['compare', 'net.json', '--json'], { cwd, env: ACTIONS });
    expect(Object.keys(JSON.parse(stdout).references[0].tensors)).toContain(COMMANDS);
  });
});

describe.concurrent('what is hidden in a name shows in the table:', () => {
  test.each([
    ['a turn of direction', '\u061c\u200f\u202e\u2067'],
    ['joiners and soft hyphens', '\u2060\u00ad\u200b\u200d'],
    ['a text of tags', '\u{e0001}\u{e0069}\u{e0067}\u{e007f}'],
    ['selectors of variants', '\u{e0100}\u{e01ef}\u180e'],
    ['notes between lines', '\ufff9\ufffa\ufffb'],
    ['half of a pair', '\ud83d'],
  ])('%s', async (_, hidden) => {
    const net = { ...TINY, name: `a${hidden}b`, reference: { [`d${hidden}`]: [[1]] } };
    const cwd = folderWith({ 'net.json': net });
    for (const format of ['table', 'markdown', 'github', 'junit', 'html']) {
      const { stdout, stderr } = await run(['compare', 'net.json', '--format', format], { cwd });
      expect({ stderr, found: /\p{Cf}|\p{Cs}|[\u{e0100}-\u{e01ef}]/u.exec(stdout) }).toEqual({
        stderr: '',
        found: null,
      });
      expect(stdout).toContain('d·');
    }
  });
});

const LONG = 200_000;
const long = (text: string): string => text.padEnd(LONG, text);

describe.concurrent('a name of 200,000 characters does not fill the screen:', () => {
  test.each<[string, string[], object]>([
    ['of a network', ['compare', 'net.json'], { ...TINY, name: long('n') }],
    [
      'of tensors of a reference',
      ['compare', 'net.json'],
      { ...TINY, reference: { [`${long('t')}1${long('t')}`]: [[1]], [`${long('t')}2${long('t')}`]: [[1]] } },
    ],
    ['of an unknown key', ['compare', 'net.json'], { ...TINY, [long('k')]: 1 }],
    ['of an unknown key of words', ['compare', 'net.json'], { ...TINY, [long('k ')]: 1 }],
    ['of a wrong value', ['compare', 'net.json'], { ...TINY, reg: long('v') }],
    ['of a wrong activation', ['compare', 'net.json'], { ...TINY, activation: long('a ') }],
    ['of a file', ['compare', 'net.json'], { ...TINY, reference: `${long('f')}.json` }],
    ['of a file of words', ['compare', 'net.json'], { ...TINY, W1: { file: `${long('f ')}.npy` } }],
    ['of a key in a file', ['compare', 'net.json'], { ...TINY, W1: { file: 'net.npz', key: long('k ') } }],
    ['of a precision', ['compare', 'net.json'], { ...TINY, reference: { dtype: long('p '), dW1: [[1]] } }],
  ])('%s', async (_, args, net) => {
    const cwd = folderWith({ 'net.json': net });
    // A page has the lines of its script, and the data of its maps.
    const html = await run([...args, '--format', 'html'], { cwd });
    expect(html.stdout.length).toBeLessThan(LONG / 2);
    for (const format of FORMATS.filter((name) => name !== 'json' && name !== 'html')) {
      const { stdout, stderr } = await run([...args, '--format', format], { cwd, env: { COLUMNS: '80' } });
      if (format === 'table') expect(stdout + stderr).not.toBe('');
      // An annotation has its lines in one, as GitHub wants them.
      const longest = Math.max(...`${stdout}\n${stderr}`.split(/\n|%0A/).map((line) => line.length));
      expect(longest, format).toBeLessThan(600);
      expect(stdout.length + stderr.length, format).toBeLessThan(10_000);
    }
  });

  test('and names that differ only where they are cut are told apart', async () => {
    const [one, other] = [`d${long('t')}1${long('t')}`, `d${long('t')}2${long('t')}`];
    const cwd = folderWith({ 'net.json': { ...TINY, reference: { [one]: [[1]], [other]: [[1]] } } });
    const { stdout } = await run(['compare', 'net.json'], { cwd });
    expect(stdout).toMatch(/│ dt+…t+ +│/);
    expect(stdout).toMatch(/│ dt+…t+ #2 +│/);
  });

  test('and a message as JSON neither', async () => {
    const cwd = folderWith({ 'net.json': { ...TINY, activation: long('a') } });
    const { stderr } = await run(['compare', 'net.json', '--json'], { cwd });
    expect(JSON.parse(stderr).errors[0].message.length).toBeLessThan(600);
  });
});

test('what is no command is printed as it is', async () => {
  const cwd = folderWith({ 'net.json': { ...TINY, name: 'std::vector #1 ##2 [a] 💡 ❤️ é' } });
  expect((await run(['loss', 'net.json'], { cwd })).stdout).toContain('std::vector #1 ##2 [a] 💡 ❤️ é');
  expect((await run(['loss', `${root}fixtures/iris.json`], { cwd })).stdout).not.toContain('·:');
});
