import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture, folderWith, type Json, run, runJson, TINY } from './fcnet.ts';

/** What backprop says of TINY, and a wrong gradient of it. */
const right = (await runJson(['backprop', '-'], { stdin: JSON.stringify(TINY) })).json;
const wrong = { ...right, gradients: { ...right.gradients, db1: [1, 1] } };

/** A project with nets and golden files of each. */
function project(file: unknown, { nets = ['a', 'b'], golden = {} as Record<string, unknown> } = {}): string {
  const cwd = folderWith({ 'fcnet.json': file, 'right.json': right, 'wrong.json': wrong });
  for (const folder of ['nets', 'golden']) mkdirSync(`${cwd}/${folder}`);
  for (const name of nets) writeFileSync(`${cwd}/nets/${name}.json`, JSON.stringify({ ...TINY, name }));
  for (const [name, value] of Object.entries(golden))
    writeFileSync(`${cwd}/golden/${name}.json`, JSON.stringify(value));
  return cwd;
}

const configs = ({ results }: Json): string[] => results.map(({ config }: Json) => config);
const golden = (cwd: string): string[] => readdirSync(`${cwd}/golden`).sort();

describe.concurrent('fcnet check', () => {
  test('compares every net with the references of its name and with commands, all beside the file', async () => {
    const cwd = project(
      { nets: ['nets/*.json'], references: ['golden/{name}.json'], against: { mine: 'cat right.json' } },
      { golden: { a: right, b: wrong } },
    );
    const [ran, elsewhere] = await Promise.all([
      runJson(['check'], { cwd }),
      runJson(['check', `${cwd}/fcnet.json`]),
    ]);
    expect(ran.code).toBe(1);
    expect(ran.json).toMatchObject({ version: 1, command: 'check', passed: false });
    expect(configs(ran.json)).toEqual(['nets/a.json', 'nets/b.json']);
    const judged = (json: Json) =>
      json.results.map(({ references }: Json) => references.map(({ passed }: Json) => passed));
    expect(judged(ran.json)).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(ran.json.results[0].references[1].name).toBe('mine');
    expect(configs(elsewhere.json)).toEqual([`${cwd}/nets/a.json`, `${cwd}/nets/b.json`]);
    expect(judged(elsewhere.json)).toEqual(judged(ran.json));
  });

  test('runs each object of a list with options of its own', async () => {
    const cwd = project([
      { nets: 'nets/a.json', references: 'wrong.json', only: ['dW1'] },
      { nets: ['nets/*.json', '!nets/a.json'], references: { theirs: 'right.json' }, reg: 3 },
    ]);
    const { code, json } = await runJson(['check'], { cwd });
    expect(code).toBe(1);
    expect(configs(json)).toEqual(['nets/a.json', 'nets/b.json']);
    expect(json.results.map(({ passed }: Json) => passed)).toEqual([true, false]);
    expect(Object.keys(json.results[0].tensors)).toEqual(['dW1']);
    expect(json.results[1].loss.regularization).toBe(7.5);
    expect(json.results[1].references[0].name).toBe('theirs');
  });

  test('reads the key fcnet of package.json, too, and a list there', async () => {
    const entry = { nets: 'nets/a.json', references: 'right.json' };
    for (const value of [entry, [entry]]) {
      const cwd = project('');
      writeFileSync(`${cwd}/package.json`, JSON.stringify({ name: 'x', fcnet: value }));
      expect((await run(['check', 'package.json'], { cwd })).code).toBe(0);
    }
  });

  test('prints in all formats that the file asks for, beside it; the command line comes before it', async () => {
    const cwd = project({
      nets: 'nets/*.json',
      references: 'right.json',
      format: ['junit=report.xml', 'table'],
    });
    const ran = await run(['check', `${cwd}/fcnet.json`]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/2 of 2/);
    expect(readFileSync(`${cwd}/report.xml`, 'utf8').match(/<testsuite name="fcnet check /g)).toHaveLength(2);
    const { stdout } = await run(['check', '--format', 'markdown'], { cwd });
    expect(stdout).toMatch(/^### /);
  });

  test('shows all of a net that is alone, and lists it in JSON', async () => {
    const cwd = project({ nets: 'nets/a.json', references: 'right.json' });
    const [table, { json }] = await Promise.all([run(['check'], { cwd }), runJson(['check'], { cwd })]);
    expect(table.stdout).toMatch(/^dW1 /m);
    expect(configs(json)).toEqual(['nets/a.json']);
  });

  test('is strict where the file or the command line says so', async () => {
    const alone = { nets: 'nets/a.json' };
    expect((await run(['check'], { cwd: project(alone) })).code).toBe(0);
    for (const [file, args] of [
      [{ ...alone, strict: true }, ['check']],
      [alone, ['check', '--strict']],
    ] as const) {
      const { code, stdout, stderr } = await run(args, { cwd: project(file) });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('nets/a.json: --strict: expected a reference');
    }
  });

  test('says where an object has no nets; there it fails if it is strict, or if there are none at all', async () => {
    const some = { nets: 'nets/a.json', references: 'right.json' };
    const none = { nets: 'net/*.json' };
    const message = 'fcnet.json: no config matches net/*.json; did you mean nets/*.json?\n';
    expect(await run(['check'], { cwd: project([none, some]) })).toMatchObject({
      code: 0,
      stderr: `note: ${message}`,
    });
    for (const file of [[{ ...none, strict: true }, some], none])
      expect(await run(['check'], { cwd: project(file) })).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: ${message}`,
      });
  });

  test.each<[string, unknown, RegExp]>([
    ['a slip', { nets: 'a', agianst: 'b' }, /fcnet\.json:1:13: agianst: unknown key; did you mean against\?/],
    ['the name of an option', { nets: 'a', 'no-reference': true }, /did you mean noReference\?/],
    ['a synonym', { configs: ['a'] }, /configs: unknown key; did you mean nets\?/],
    ['no nets', { strict: true }, /nets is missing/],
    ['no object', [3], /\[0\]: expected an object such as/],
    ['nothing', [], /expected an object, or a list of them; found an empty list/],
    ['no mistake', { nets: 'a', allow: ['missing-slop'] }, /allow\[0\]: .*did you mean missing-slope\?/],
    ['no format', { nets: 'a', format: 'jso' }, /format: .*found "jso"; did you mean json\?/],
    ['no activation', { nets: 'a', activation: 'rleu' }, /activation: .*found "rleu"; did you mean relu\?/],
    ['another type', { nets: 'a', against: { b: 3 } }, /against\.b: expected a string, found 3/],
    ['neither of both', { nets: 3 }, /nets: expected a path or a pattern, or a list of them, found 3/],
    ['no text', '{"nets": [', /fcnet\.json:1:11: .*expected/],
  ])('refuses %s, and says where', async (_, file, message) => {
    const { code, stdout, stderr } = await run(['check'], { cwd: project(file) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('says what it looked for where there is no project', async () => {
    const { code, stderr } = await run(['check'], { cwd: folderWith({ 'package.json': {} }) });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: fcnet\.json: nor has package\.json the key fcnet; expected a project/);
  });
});

describe.concurrent('fcnet check --update', () => {
  const entry = { nets: 'nets/*.json', references: ['golden/{name}.json'] };

  test('writes the golden files of all nets, which then agree', async () => {
    const cwd = project(entry);
    const before = await run(['check'], { cwd });
    expect(before.code).toBe(2);
    expect(before.stderr).toContain('golden/a.json: there is no such file (--update writes it)');
    const ran = await run(['check', '--update'], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: 'wrote golden/a.json\nwrote golden/b.json\n' });
    expect(JSON.parse(readFileSync(`${cwd}/golden/b.json`, 'utf8')).gradients).toEqual(right.gradients);
    expect((await run(['check'], { cwd })).code).toBe(0);
  });

  test('makes the folder that they stand in', async () => {
    const cwd = project({ ...entry, references: 'new/of/{name}.json' });
    expect((await run(['check', '--update'], { cwd })).code).toBe(0);
    expect(readdirSync(`${cwd}/new/of`)).toEqual(['a.json', 'b.json']);
  });

  test.each<[string, unknown, Record<string, string>, RegExp]>([
    [
      'one net cannot be run',
      { ...entry, nets: ['nets/*.json', 'none.json'] },
      {},
      /none\.json: there is no/,
    ],
    ['a command fails', { ...entry, against: 'false' }, {}, /failed with exit code 1/],
    ['two nets have one name', { ...entry, nets: ['nets/*.json', 'a.json'] }, {}, /cannot be written twice/],
    ['a file is no golden file', { ...entry, references: '{name}.json' }, {}, /a\.json holds no reference/],
    ['the report cannot be written', { ...entry, format: 'json=none/x' }, {}, /there is no such folder/],
    ['in CI', entry, { CI: 'true' }, /golden files are not written in CI/],
    ['there is one file for all', { ...entry, references: 'all.json' }, {}, /or \{name\} in the name/],
  ])('writes none where %s', async (_, file, env, message) => {
    const cwd = project(file);
    writeFileSync(`${cwd}/a.json`, JSON.stringify(TINY));
    const { code, stderr } = await run(['check', '--update'], { cwd, env });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(golden(cwd)).toEqual([]);
    expect(readFileSync(`${cwd}/a.json`, 'utf8')).toBe(JSON.stringify(TINY));
  });

  test('leaves no folder behind where it writes nothing', async () => {
    const cwd = project({ ...entry, references: 'new/of/{name}.json', format: 'json=none/x' });
    expect((await run(['check', '--update'], { cwd })).code).toBe(2);
    expect(readdirSync(cwd)).not.toContain('new');
  });
});

test.concurrent('compare has a reference for each config, too', async () => {
  const cwd = project('', { golden: { a: right, b: wrong } });
  const args = ['compare', 'nets/*.json', '--reference', 'golden/{name}.json'];
  const { code, json } = await runJson(args, { cwd });
  expect(code).toBe(1);
  expect(json.results.map(({ passed }: Json) => passed)).toEqual([true, false]);
  expect((await run([...args, '--update'], { cwd })).code).toBe(0);
  expect((await run(args, { cwd })).code).toBe(0);
});

test.concurrent('the example of the textbook is checked as it is elsewhere', async () => {
  const cwd = folderWith({
    'net.json': { ...fixture('textbook.json'), reference: undefined },
    'torch.json': fixture('textbook.pytorch.json'),
    'fcnet.json': { nets: 'net.json', references: { torch: 'torch.json' } },
  });
  const [checked, compared] = await Promise.all([
    runJson(['check'], { cwd }),
    runJson(['compare', 'net.json', '--reference', 'torch=torch.json'], { cwd }),
  ]);
  const { version, command, ...body } = compared.json;
  expect({ version, command }).toEqual({ version: 1, command: 'compare' });
  expect(checked.json.results).toEqual([{ config: 'net.json', ...body }]);
  // It would not show some mistakes.
  expect(checked.code).toBe(0);
  expect((await run(['check', '--strict', '-q'], { cwd })).code).toBe(1);
});
