import { describe, expect, test } from 'vitest';
import { fixture, folderWith, type Json, run, runJson } from './fcnet.ts';

const config = 'fixtures/two-layer.json';
const agreed = fixture('two-layer.pytorch.json');
const { reference: _, ...alone } = fixture('two-layer.json');
const wrongLoss = { ...agreed, loss: 999 };
const wrongGradients = { ...agreed, gradients: { ...agreed.gradients, db1: [1, 2, 3, 4] } };

const files = {
  'alone.json': alone,
  'right.json': agreed,
  'loss.json': wrongLoss,
  'wrong.json': wrongGradients,
  'fc.json': {
    'fc1.weight': agreed.gradients.dW1,
    'fc1.bias': agreed.gradients.db1,
    'out.w': agreed.gradients.dW2,
    'out.b': agreed.gradients.db2,
  },
  'a=b.json': agreed,
};
const cwd = folderWith(files);
const compared = (...args: string[]) => runJson(['compare', 'alone.json', ...args], { cwd });
const namesOf = ({ json }: { json: Json }): string[] => json.references.map(({ name }: Json) => name);

describe.concurrent('--only', () => {
  test.each<[string, string, string, number]>([
    ['loss, of a right one', 'loss', 'right.json', 0],
    ['loss, of a wrong one', 'loss', 'loss.json', 1],
    ['loss, whatever the gradients are', 'loss', 'wrong.json', 0],
    ['logits, whatever the loss is', 'logits', 'loss.json', 0],
    ['gradients, whatever the loss is', 'dW1,dW2', 'loss.json', 0],
    ['both', 'db1,loss', 'wrong.json', 1],
    ['loss, where there is none', 'loss', 'fc.json', 1],
  ])('%s', async (__, only, file, code) => {
    const ran = await compared('--reference', file, '--only', only);
    expect(ran.code).toBe(code);
    expect(ran.json.passed).toBe(code === 0);
    const table = await run(['compare', 'alone.json', '--reference', file, '--only', only], { cwd });
    expect(table.code).toBe(code);
    expect(table.stdout).not.toMatch(/NaN|undefined/);
  });

  test('of nothing known is an error', async () => {
    const { code, stderr } = await compared('--only', 'los');
    expect(code).toBe(2);
    expect(stderr).toContain('expected some of dW1, db1, dW2, db2, loss, logits');
    const gradcheck = await run(['gradcheck', config, '--only', 'loss']);
    expect(gradcheck.code).toBe(2);
  });
});

describe.concurrent('a reference may be called by a name', () => {
  test.each<[string, string[], string[]]>([
    ['a file', ['--reference', 'mine=right.json'], ['mine']],
    ['a file whose own name has a =', ['--reference', 'a=b.json'], ['a=b.json']],
    ['two', ['--reference', 'JAX=right.json', '--reference', 'mine=right.json'], ['JAX', 'mine']],
    ['a command', ['--against', 'my_net=cat right.json'], ['my_net']],
    [
      'no command that sets a variable',
      ['--against', 'FILE=right.json; cat $FILE'],
      ['FILE=right.json; cat $FILE'],
    ],
  ])('%s', async (__, args, names) => {
    const ran = await compared(...args);
    expect(ran.code).toBe(0);
    expect(namesOf(ran)).toEqual(names);
  });

  test('but an error says what it was', async () => {
    const { code, stderr } = await compared('--reference', 'mine=gone.json');
    expect(code).toBe(2);
    expect(stderr).toContain('"file": "gone.json"');
  });
});

describe.concurrent('--no-reference', () => {
  test('drops the config’s own', async () => {
    const { code, json } = await runJson(['compare', config, '--no-reference']);
    expect([code, json.references]).toEqual([0, []]);
  });

  test('and only these, wherever it stands', async () => {
    for (const args of [
      ['--no-reference', '--reference', `mine=${cwd}/right.json`],
      ['--reference', `mine=${cwd}/right.json`, '--no-reference'],
    ])
      expect(namesOf(await runJson(['compare', config, ...args]))).toEqual(['mine']);
  });
});

describe.concurrent('--strict accepts no check of fcnet alone:', () => {
  test.each([
    ['compare without a reference', ['compare', 'alone.json', '--strict']],
    ['gradcheck', ['gradcheck', 'alone.json', '--strict']],
    ['compare without the config’s own', ['compare', '--no-reference', '--strict']],
    ['one such config of several', ['compare', 'alone.json', `${process.cwd()}/${config}`, '--strict']],
  ])('%s', async (__, args) => {
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--strict: .*--against "COMMAND" or --reference FILE/);
  });

  test('with one it passes', async () => {
    const { code } = await run(['compare', 'alone.json', '--reference', 'right.json', '--strict'], { cwd });
    expect(code).toBe(0);
  });
});

describe.concurrent('--rename', () => {
  const given = ['--rename', 'out.w=dW2', '--rename', 'out.b=db2'];

  test('leaves the other names to themselves', async () => {
    const { code, stderr } = await compared('--reference', 'fc.json', ...given);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'note: fc.json: fc1.weight is read as dW1, fc1.bias as db1 (by order, since their shapes fit no other)\n',
    );
  });

  test('is an error where no reference has that name', async () => {
    const { code, stdout, stderr } = await run(
      ['compare', 'alone.json', '--reference', 'fc.json', ...given, '--rename', 'fc1.wieght=dW1'],
      { cwd },
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      'error: --rename: fc1.wieght=dW1: no reference has such an array; did you mean fc1.weight?',
    );
  });

  test('is none where one of several has it', async () => {
    const { code } = await compared('--reference', 'right.json', '--reference', 'fc.json', ...given);
    expect(code).toBe(0);
  });
});

test.concurrent('a reading is noted on standard error, once, and not with --quiet', async () => {
  const args = ['compare', 'alone.json', '--reference', 'mine=fc.json'];
  const { code, stdout, stderr } = await run(args, { cwd });
  expect(code).toBe(0);
  expect(stdout).not.toContain('note:');
  expect(stderr).toBe(
    'note: mine: fc1.weight is read as dW1, fc1.bias as db1, out.w as dW2, out.b as db2 (by number and kind)\n',
  );
  expect(await run([...args, '-q'], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test.concurrent('what names and hints hold is printed without control characters', async () => {
  const folder = folderWith({
    'net.json': alone,
    'evil.json': { 'a\u001b[31m': agreed.gradients.dW1, '\u001b]0;x\u0007': [[1]] },
  });
  const { code, stdout, stderr } = await run(['compare', 'net.json', '--reference', 'evil.json'], {
    cwd: folder,
  });
  expect(code).toBe(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test.concurrent.each([
  ['{"loss": {"Total": 999}, "dW1": [1]}', ':1:11: loss.Total: unknown part of a loss; did you mean total?'],
  [
    '{"loss": {"kl": 1, "total": 2}, "dW1": [1]}',
    ':1:11: loss.kl: unknown part of a loss; the parts are data, regularization, total',
  ],
  [
    '{"loss": {}, "dW1": [1]}',
    ':1:10: loss: expected a number, or some of data, regularization, total; found none',
  ],
])('a loss that says nothing is an error: %s', async (text, message) => {
  const folder = folderWith({ 'net.json': alone, 'theirs.json': text });
  const { code, stderr } = await run(['compare', 'net.json', '--reference', 'theirs.json'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
