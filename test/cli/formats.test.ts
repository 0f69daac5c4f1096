import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folderWith, root, run, TINY } from './fcnet.ts';

const read = (cwd: string, file: string): string => readFileSync(`${cwd}/${file}`, 'utf8');

const files = { 'tiny.json': TINY, 'other.json': { ...TINY, reg: 1 } };
const wrong = `${root}fixtures/two-layer.no-slope.json`;
const disagreeing = ['compare', `${root}fixtures/two-layer.json`, '--reference', wrong];

describe.concurrent('--format', () => {
  test('gives every format of one run, and the table stays on the terminal', async () => {
    const cwd = folderWith(files);
    const formats = ['json=all.json', 'markdown=all.md', 'junit=all.xml', 'github=all.txt'];
    const ran = await run([...disagreeing, ...formats.flatMap((format) => ['--format', format])], { cwd });
    const table = await run(disagreeing);
    expect(ran).toEqual({ ...table, code: 1 });
    for (const format of formats) {
      const [name = '', file = ''] = format.split('=');
      expect(read(cwd, file), format).toBe((await run([...disagreeing, '--format', name])).stdout);
    }
  });

  test('to files is the same for several configs, one of which cannot be run', async () => {
    const cwd = folderWith(files);
    const args = ['gradcheck', 'tiny.json', 'none.json', 'other.json'];
    const ran = await run([...args, '--format', 'junit=all.xml', '--format', 'json=all.json'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stdout).toMatch(/^2 of 3 agree, 1 could not be run$/m);
    const xml = read(cwd, 'all.xml');
    expect([...xml.matchAll(/<testsuite name="fcnet gradcheck (\S+)"/g)].map(([, name]) => name)).toEqual([
      'tiny.json',
      'none.json',
      'other.json',
    ]);
    const { passed, results } = JSON.parse(read(cwd, 'all.json'));
    expect(passed).toBe(false);
    expect(results.map(({ config }: { config: string }) => config)).toEqual(['tiny.json', 'other.json']);
  });

  test('without a file goes to that of -o; --json is one of them', async () => {
    const cwd = folderWith(files);
    const ran = await run(
      ['gradcheck', 'tiny.json', '--json', '--format', 'table=table.txt', '-o', 'out.json'],
      { cwd },
    );
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(read(cwd, 'out.json')).command).toBe('gradcheck');
    expect(read(cwd, 'table.txt')).toMatch(/^tiny\.json/);
  });

  test('to files is written under -q, too', async () => {
    const cwd = folderWith(files);
    const ran = await run(['gradcheck', 'tiny.json', '-q', '--format', 'table=table.txt'], { cwd });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(read(cwd, 'table.txt')).not.toBe('');
  });

  test('several texts for the terminal stand one after another', async () => {
    const cwd = folderWith(files);
    const { stdout } = await run([...disagreeing, '--format', 'table', '--format', 'github'], { cwd });
    expect(stdout).toMatch(/^✖ \S.* is wrong in .*\n[\s\S]*\n::error /m);
  });

  test.each<[string, string[], RegExp]>([
    ['two documents', ['--json', '--format', 'junit'], /json stands alone.*found json and junit/],
    ['a document and a text', ['--format', 'table', '--format', 'json'], /json stands alone/],
    ['no file', ['--format', 'junit='], /Expected a file, as in junit=FILE/],
    ['an input', ['--format', 'json=tiny.json'], /tiny\.json: cannot be written: it is an input/],
    ['one file twice', ['--format', 'json=a', '--format', 'junit=a'], /cannot be written twice/],
    ['a slip', ['--format', 'jso'], /Did you mean json\?/],
    ['a slip before a file', ['--format', 'junitt=a.xml'], /Did you mean junit\?/],
    ['a folder that is not there', ['--format', 'junit=a.xml', '--format', 'json=b/c'], /no such folder/],
  ])('is refused, and nothing is written: %s', async (_, options, message) => {
    const cwd = folderWith(files);
    const { code, stdout, stderr } = await run(['gradcheck', 'tiny.json', ...options], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(options.includes('--json') ? JSON.parse(stderr).errors[0].message : stderr).toMatch(message);
    expect(readdirSync(cwd).sort()).toEqual(Object.keys(files).sort());
    expect(read(cwd, 'tiny.json')).toBe(JSON.stringify(TINY));
  });
});
