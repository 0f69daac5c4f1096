import { describe, expect, test } from 'vitest';
import { FIXTURES, fixture, folderWith, run, runJson, TINY } from './fcnet.ts';

const COMMANDS = ['forward', 'loss', 'backprop', 'gradcheck', 'compare'];

describe.concurrent('0', () => {
  test.each(FIXTURES)('%s agrees with its reference', async (name) => {
    expect(await run(['compare', `fixtures/${name}.json`])).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(COMMANDS)('%s takes the textbook example where no config is named', async (command) => {
    const built = await run([command, '--json']);
    const { json } = await runJson([command, 'fixtures/textbook.json']);
    expect(built).toMatchObject({ code: 0, stderr: '' });
    const { references, ...results } = JSON.parse(built.stdout);
    expect(results).toEqual({ ...json, references: undefined });
  });

  test.each(COMMANDS)('%s reads standard input for -', async (command) => {
    const stdin = JSON.stringify(TINY);
    const read = await run([command, '-', '--json'], { stdin });
    expect(read).toMatchObject({ code: 0, stderr: '' });
    expect(read.stdout).toBe(
      (await run([command, 'tiny.json', '--json'], { cwd: folderWith({ 'tiny.json': stdin }) })).stdout,
    );
  });

  test.each([
    [[], /^Usage: fcnet /],
    [['-h'], /^Usage: fcnet /],
    [['--help'], /^Usage: fcnet /],
    [['-V'], /^\d+\.\d+\.\d+\n$/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    ...COMMANDS.map((command): [string[], RegExp] => [
      [command, '--help'],
      RegExp(`^Usage: fcnet ${command} `),
    ]),
  ])('fcnet %j answers on standard output', async (args, answer) => {
    expect(await run(args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(answer) });
  });

  test('the version is that of package.json', async () => {
    expect((await run(['-V'])).stdout).toBe(`${fixture('../package.json').version}\n`);
  });

  test('a check without references says that it says nothing of anybody’s code', async () => {
    const { code, stdout } = await run(['compare', '-'], { stdin: JSON.stringify(TINY) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ fcnet's own .*\n {2}That says nothing of your code: give/m);
  });
});

describe.concurrent('1', () => {
  const wrong = { ...TINY, reference: { dW1: [[1], [2]], db1: [0, 0] } };

  test.each([[[]], [['--json']], [['--full']]])(
    'gradients that disagree are a result, not an error (%j)',
    async (options) => {
      const { code, stdout, stderr } = await run(['compare', '-', ...options], {
        stdin: JSON.stringify(wrong),
      });
      expect(code).toBe(1);
      expect(stdout).not.toBe('');
      expect(stderr).toBe('');
    },
  );

  test('a network that overflows does not pass, and a note says where', async () => {
    const config = {
      X: [[1e200]],
      y: [0],
      W1: [[1e200]],
      b1: [0],
      W2: [[0], [1]],
      b2: [0, 0],
      activation: 'relu',
    };
    const { code, stderr } = await run(['gradcheck', '-'], { stdin: JSON.stringify(config) });
    expect(code).toBe(1);
    expect(stderr).toBe('note: <stdin>: z1 overflows float64; make W1 or its inputs smaller\n');
  });

  test('a check in which nothing agrees does not pass', async () => {
    // With so large a step every one-sided pair of slopes differs.
    const { code, json } = await runJson([
      'gradcheck',
      'fixtures/two-layer.json',
      '--step',
      '0.5',
      '--only',
      'dW1',
    ]);
    expect(json.tensors.dW1).toMatchObject({ mismatched: 0, inconclusive: 12 });
    expect(json.passed).toBe(false);
    expect(code).toBe(1);
  });

  test('a reference in the config does not concern gradcheck', async () => {
    expect(await run(['gradcheck', '-', '-q'], { stdin: JSON.stringify(wrong) })).toMatchObject({ code: 0 });
  });
});

describe.concurrent('2', () => {
  test.each(COMMANDS)('%s of a file that is not there', async (command) => {
    expect(await run([command, 'missing.json'], { cwd: folderWith() })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: missing.json: there is no such file\n',
    });
  });

  test.each<[string, string[], string]>([
    ['a folder for a config', ['loss', '.'], 'expected a file, found a folder'],
    ['an empty standard input', ['loss', '-'], 'found an empty text'],
    ['an unknown command', ['frward'], "unknown command 'frward'\n(Did you mean forward?)"],
    ['a command named json', ['json'], "unknown command 'json'"],
    ['an unknown option', ['loss', '--nope'], "unknown option '--nope'"],
    ['an option before the command', ['--digits', '3', 'loss'], "unknown option '--digits'"],
    ['two configs where one is meant', ['forward', 'a', 'b'], "too many arguments for 'forward'"],
    ['an unknown format', ['loss', '--format', 'xml'], 'Allowed choices are table, json'],
    ['an unknown orientation', ['loss', '--samples', 'diagonal'], 'Allowed choices are columns, rows'],
    ['an unknown activation', ['loss', '--activation', 'sigmoyd'], 'Allowed choices are sigmoid, tanh'],
    [
      'an unknown precision',
      ['compare', '--dtype', 'float80'],
      'Allowed choices are float64, float32, float16',
    ],
    ['too many digits', ['loss', '--digits', '18'], 'Expected an integer from 1 to 17'],
    ['no digits', ['loss', '--digits', '0'], 'Expected an integer from 1 to 17'],
    ['a negative λ', ['loss', '--reg', '-1'], 'Expected a number of at least 0'],
    ['a λ that is no number', ['loss', '--reg', 'half'], 'Expected a number'],
    ['an infinite λ', ['loss', '--reg', 'Infinity'], 'Expected a number'],
    ['an empty λ', ['loss', '--reg', ''], 'Expected a number'],
    ['a step of 0', ['gradcheck', '--step', '0'], 'Expected a number above 0'],
    ['a negative tolerance', ['gradcheck', '--rtol', '-1e-7'], 'Expected a number of at least 0'],
    ['half an entry', ['gradcheck', '--sample', '0.5'], 'Expected an integer of at least 1'],
    ['a sample of nothing', ['gradcheck', '--sample', '0'], 'Expected an integer of at least 1'],
    [
      'a tensor that the network has not',
      ['gradcheck', '--only', 'dW3'],
      'expected some of dW1, db1, dW2, db2',
    ],
    ['a selection of nothing', ['gradcheck', '--only', ''], '--only'],
    ['two activations for one hidden layer', ['loss', '--activation', 'relu,tanh'], 'expected 1 activation'],
    [
      'a reference that is not there',
      ['compare', '--reference', 'none.json'],
      'none.json: there is no such file',
    ],
  ])('%s', async (_, args, message) => {
    const cwd = folderWith();
    const [table, asJson] = await Promise.all([run(args, { cwd }), run([...args, '--json'], { cwd })]);
    expect(table).toMatchObject({ code: 2, stdout: '' });
    expect(table.stderr).toMatch(/^error: /);
    expect(table.stderr).toContain(message);
    expect(table.stderr).not.toMatch(/^\s+at /m); // no stack

    expect(asJson).toMatchObject({ code: 2, stdout: '' });
    const { errors } = JSON.parse(asJson.stderr);
    expect(errors).toHaveLength(1);
    expect(errors[0].message).toContain(message.split('\n')[0]?.replace(/^none.json: /, ''));
  });

  test('an option without its value', async () => {
    const { code, stdout, stderr } = await run(['loss', '--digits']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("option '--digits <n>' argument missing");
  });

  test('a reference that the config names and that is not there', async () => {
    const cwd = folderWith({ 'net.json': { ...TINY, reference: 'gone.json' } });
    const { code, stdout, stderr } = await run(['compare', 'net.json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('gone.json: there is no such file');
  });
});

describe.concurrent('several configs', () => {
  const files = {
    'good.json': { ...TINY, name: 'good' },
    'wrong.json': { ...TINY, reference: { dW1: [[1], [2]] } },
    'broken.json': { ...TINY, y: [0, 7] },
  };

  test.each([
    [['good', 'good'], 0, [true, true]],
    [['good', 'wrong', 'good'], 1, [true, false, true]],
    [['broken', 'wrong', 'good'], 2, [false, true]],
    [['wrong', 'broken'], 2, [false]],
    [['good', 'missing', 'good'], 2, [true, true]],
  ])('%j: all that can be run are, and the worst exit code is %i', async (names, code, passed) => {
    const cwd = folderWith(files);
    const { json, ...ran } = await runJson(['compare', ...names.map((name) => `${name}.json`)], { cwd });
    expect(ran.code).toBe(code);
    expect(json.passed).toBe(code === 0);
    expect(json.results.map((result: { passed: boolean }) => result.passed)).toEqual(passed);
  });

  test('none that can be run: exit code 2, and nothing on standard output', async () => {
    const ran = await run(['gradcheck', 'broken.json', 'missing.json'], { cwd: folderWith(files) });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('broken.json:1:');
    expect(ran.stderr).toContain('missing.json: there is no such file');
  });

  test('the summary has a line for each, says what is wrong, and counts those that could not be run', async () => {
    const args = ['compare', 'good.json', 'wrong.json', 'broken.json', 'missing.json'];
    const { stdout, stderr } = await run(args, { cwd: folderWith(files) });
    expect(stdout).toMatch(/^✔ good\.json {5}4 entries, no reference/m);
    expect(stdout).toMatch(/^✖ wrong\.json {4}inline reference is wrong in dW1 and db1/m);
    expect(stdout).toMatch(/^! missing\.json {2}there is no such file$/m);
    expect(stdout).toMatch(/^1 of 4 agrees, 1 disagrees, 2 could not be run\n$/m);
    expect(stderr).toContain('broken.json:1:');
  });

  test('errors of several configs are one JSON object', async () => {
    const { stderr } = await run(['compare', 'broken.json', 'missing.json', '--json'], {
      cwd: folderWith(files),
    });
    expect(JSON.parse(stderr).errors.map(({ file }: { file: string }) => file)).toEqual([
      'broken.json',
      'missing.json',
    ]);
  });
});
