import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { npy, npyHeader, zeros } from '../files/array-files.ts';
import { folderWith, run, runBuilt, shell, TINY } from './fcnet.ts';

// That what SECURITY.md says never runs code does not. Each payload would leave a file behind, if it ran.

const MARKER = 'ran.txt';
const WRITES = `require('node:fs').writeFileSync('${MARKER}', '')`;

const PAYLOADS = {
  'a shell command': `$(touch ${MARKER}); touch ${MARKER} | \`touch ${MARKER}\` & touch ${MARKER}\ntouch ${MARKER}`,
  'an expression': `${WRITES} //\${${WRITES}}{{${WRITES}}}<%= ${WRITES} %>`,
  'an address of code': `data:text/javascript,import fs from 'node:fs'; fs.writeFileSync('${MARKER}', '')`,
  'a program': './evil.sh',
  'a module': './evil.mjs',
};

/** Each thing a config can say, said with a text of one's choice. */
const CONFIGS: Readonly<Record<string, (text: string) => object>> = {
  name: (text) => ({ name: text, description: text, $schema: text }),
  activation: (text) => ({ activation: text }),
  activations: (text) => ({ activation: [text] }),
  output: (text) => ({ output: text, loss: text, reduction: text, penalty: text }),
  layout: (text) => ({ samples: text, weights: text, biases: text }),
  numbers: (text) => ({ reg: text, seed: text }),
  X: (text) => ({ X: text }),
  'an entry': (text) => ({ X: [[text, text]] }),
  'a file': (text) => ({ W1: { file: text } }),
  'a file and a key': (text) => ({ W1: { file: 'arrays.npy', key: text } }),
  'a shape': (text) => ({ W1: { shape: [text, text], normal: { mean: text, std: text } } }),
  reference: (text) => ({ reference: text }),
  references: (text) => ({ reference: [text, text] }),
  'an inline reference': (text) => ({
    reference: { dtype: text, loss: text, [text]: [[1]], dW1: [[text], [2]] },
  }),
  'an unknown key': (text) => ({
    [text]: text,
    against: text,
    command: text,
    module: text,
    f: text,
    main: text,
  }),
  'a prototype': (text) => ({ constructor: { prototype: { toString: text } }, toString: text, toJSON: text }),
};

/** A folder with such a config, and programs that it might be made to run. */
function folderOf(config: object): string {
  const cwd = folderWith({
    'net.json': { ...TINY, ...config },
    'evil.sh': `#!/bin/sh\ntouch ${MARKER}\n`,
    'evil.mjs': `import fs from 'node:fs'; fs.writeFileSync('${MARKER}', ''); export const x = [1]; export const f = () => 1;`,
    'evil.cjs': WRITES,
  });
  chmodSync(`${cwd}/evil.sh`, 0o755);
  writeFileSync(`${cwd}/arrays.npy`, zeros(2));
  return cwd;
}

const hasRun = (cwd: string): boolean => existsSync(`${cwd}/${MARKER}`);

describe.concurrent('a config runs nothing:', () => {
  test.each(Object.keys(CONFIGS))('%s', async (key) => {
    const cwd = folderOf({});
    const nets = Object.values(PAYLOADS).map((text, i) => {
      writeFileSync(`${cwd}/net${i}.json`, JSON.stringify({ ...TINY, ...CONFIGS[key]!(text) }));
      return `net${i}.json`;
    });
    const { code, stderr } = await run(['compare', ...nets], { cwd });
    expect(hasRun(cwd)).toBe(false);
    expect([0, 1, 2]).toContain(code);
    expect(stderr).not.toMatch(/unexpected|^\s+at /m);
  });

  test.each(['forward', 'loss', 'backprop', 'gradcheck', 'compare', 'audit'])('with %s', async (command) => {
    const everything = Object.assign({}, ...Object.values(CONFIGS).map((config) => config('./evil.sh')));
    const cwd = folderOf(everything);
    await runBuilt([command, 'net.json'], { cwd });
    expect(hasRun(cwd)).toBe(false);
  });

  test('whatever it is called', async () => {
    const name = `$(touch ${MARKER});\`touch ${MARKER}\`.json`;
    const cwd = folderWith({ [name]: TINY });
    expect(await run(['compare', name, '--against', 'true'], { cwd })).toMatchObject({ code: 2 });
    expect(hasRun(cwd)).toBe(false);
  });

  test('and changes no object but its own', async () => {
    const polluted = `{"__proto__": {"reg": 7, "reference": "evil.mjs"}, ${JSON.stringify(TINY).slice(1)}`;
    const cwd = folderOf({});
    writeFileSync(`${cwd}/net.json`, polluted);
    const { code, stderr } = await run(['loss', 'net.json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('__proto__: unknown key') });
  });
});

describe.concurrent('a reference runs nothing:', () => {
  test.each(Object.entries(PAYLOADS))('%s', async (_, text) => {
    const reference = { dtype: text, loss: text, logits: [[text]], dW1: [[text], [text]], [text]: [[1]] };
    const cwd = folderOf({});
    writeFileSync(`${cwd}/theirs.json`, JSON.stringify(reference));
    for (const file of ['theirs.json', text])
      await run(['compare', 'net.json', '--reference', file, '--rename', `${text}=dW1`], { cwd });
    expect(hasRun(cwd)).toBe(false);
  });

  test('nor does the answer of a command', async () => {
    const cwd = folderOf({});
    await run(['compare', 'net.json', '--against', `cat evil.mjs`], { cwd });
    expect(hasRun(cwd)).toBe(false);
  });
});

describe.concurrent('a file runs nothing:', () => {
  test.each(['forward', 'loss', 'backprop', 'compare', 'audit'])(
    'a module is no config to %s',
    async (command) => {
      for (const file of ['evil.mjs', 'evil.cjs', 'evil.sh']) {
        const cwd = folderOf({});
        expect(await run([command, file], { cwd })).toMatchObject({ code: 2, stdout: '' });
        expect(hasRun(cwd), file).toBe(false);
      }
    },
  );

  test('a module on standard input is none to gradcheck', async () => {
    const cwd = folderOf({});
    expect(await shell('fcnet gradcheck - < evil.mjs', { cwd })).toMatchObject({ code: 2 });
    expect(hasRun(cwd)).toBe(false);
  });

  test('but gradcheck runs one that is named, as SECURITY.md says', async () => {
    const cwd = folderOf({});
    await run(['gradcheck', 'evil.mjs'], { cwd });
    expect(hasRun(cwd)).toBe(true);
  });

  test('and --against runs what is named', async () => {
    const cwd = folderOf({});
    await run(['compare', 'net.json', '--against', PAYLOADS['a shell command']], { cwd });
    expect(hasRun(cwd)).toBe(true);
  });

  test('a pickle in an array file is refused by its name', async () => {
    // What numpy.save(…, allow_pickle=True) writes of an object whose unpickling calls os.system.
    const pickle = `cos\nsystem\n(S'touch ${MARKER}'\ntR.`;
    const cwd = folderOf({ W1: { file: 'evil.npy' } });
    writeFileSync(`${cwd}/evil.npy`, npy(npyHeader('|O', '(1,)'), Buffer.from(pickle)));
    const { code, stderr } = await run(['compare', 'net.json'], { cwd });
    expect({ code, ran: hasRun(cwd) }).toEqual({ code: 2, ran: false });
    expect(stderr).toMatch(/object|pickle/i);
  });
});

describe.concurrent('a config shows nothing of a file that it names and that is no reference and no array:', () => {
  const secrets = {
    text: 's3cret=s3cret',
    'object.json': { token: 's3cret', s3cret: ['s3cret'] },
    'gradients.json': { dW1: 's3cret', db1: [['s3cret']], loss: 's3cret', dtype: 's3cret' },
    'list.json': [['s3cret']],
    'text.json': '"s3cret"',
    'broken.json': '{"dW1": s3cret',
    'twice.json': '{"s3cret": 1, "s3cret": 2}',
  };

  test.each(Object.keys(secrets))('%s', async (file) => {
    const W1 = { file };
    const X = { file, key: 'X' };
    const cwd = folderWith({
      ...secrets,
      'a.json': { ...TINY, reference: file },
      'b.json': { ...TINY, reference: [file] },
      'c.json': { ...TINY, W1 },
      'd.json': { ...TINY, X },
    });
    for (const format of ['table', 'json', 'junit', 'github', 'html']) {
      const args = ['compare', 'a.json', 'b.json', 'c.json', 'd.json', '--format', format];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(code, stderr).toBe(2);
      expect(stdout + stderr).not.toContain('s3cret');
    }
  });

  test.runIf(existsSync('/proc/self/environ')).each(['/proc/self/environ', '/dev/stdin', '/dev/zero'])(
    '%s is not even read',
    async (file) => {
      for (const config of [{ reference: file }, { W1: { file } }]) {
        const cwd = folderWith({ 'net.json': { ...TINY, ...config } });
        const ran = await run(['compare', 'net.json'], { cwd, env: { TOKEN: 's3cret' }, stdin: 's3cret' });
        expect(ran).toMatchObject({ code: 2, stdout: '' });
        expect(ran.stderr).not.toContain('s3cret');
      }
    },
  );
});
