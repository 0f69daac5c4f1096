import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixture, folderWith, root, run, runJson, shell } from './fcnet.ts';

describe('--against', () => {
  const config = `${root}fixtures/two-layer.json`;
  const numpy = `python3 '${root}fixtures/numpy_net.py'`;

  test('asks a program, which agrees', async () => {
    const { code, json } = await runJson(['compare', config, '--against', numpy]);
    expect(code).toBe(0);
    expect(json.references.map(({ name }: { name: string }) => name)).toContain(numpy);
  });

  test('hands it the config with every array written out and without its references', async () => {
    const cwd = folderWith({});
    await run(['compare', `${root}fixtures/deep.json`, '--against', 'cat > got.json; exit 1'], { cwd });
    const got = JSON.parse(readFileSync(`${cwd}/got.json`, 'utf8'));
    expect(got).toMatchObject({
      activation: ['relu', 'tanh', 'softplus'],
      samples: 'rows',
      weights: 'in-out',
    });
    expect(got.reference).toBeUndefined();
    expect(got.W1).toHaveLength(5);
  });

  test.each([
    ['fails', 'echo my reason >&2; exit 3', 'failed with exit code 3'],
    ['answers with garbage', 'echo hello', 'not JSON'],
    ['takes too long, with its children', 'sleep 30 & sleep 30', 'took longer than 1 s'],
    ['answers with no gradients', 'echo {}', 'found none'],
    ['is not there', 'no-such-command-at-all', 'exit code 127'],
    [
      'answers with half of an object',
      'echo "J = 1"; echo \'{"dW1": [\'; echo my reason >&2',
      ':3:1: not JSON: unex',
    ],
    [
      'says something after its answer',
      'echo "{}"; echo done',
      ':2:1: not JSON: expected the end of the text',
    ],
  ])('of a program that %s is exit code 2', async (_, command, message) => {
    const start = performance.now();
    const { code, stdout, stderr } = await run(['compare', config, '--timeout', '1', '--against', command]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(`(given ${config})`);
    if (command.includes('my reason')) expect(stderr).toContain('| my reason');
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('names the one that stands alone', async () => {
    const wrong = folderWith({});
    const mutate = `const r = JSON.parse(require('fs').readFileSync(0)); r.gradients.dW1[0][0] += 1; console.log(JSON.stringify(r))`;
    writeFileSync(`${wrong}/mutate.cjs`, mutate);
    const { code, stdout } = await run([
      'compare',
      config,
      '--against',
      `${numpy} | node '${wrong}/mutate.cjs'`,
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /python3 numpy_net\.py \| … is the odd one out: the\s+numerical gradient and two-layer\.pytorch agree/,
    );
  });

  const answer = `cat '${root}fixtures/two-layer.pytorch.json'`;

  test.each([
    ['leaves a process that keeps its output open', 'setsid sleep 9 & cat answer.json'],
    ['leaves one that keeps all it was given open', 'setsid sleep 9 <&0 & cat answer.json'],
    ['leaves one that keeps its standard error open', 'setsid sleep 9 >/dev/null & cat answer.json'],
    ['ends without reading its input', 'cat answer.json'],
    [
      'leaves its input to a process that does not read it',
      'exec 3<&0; setsid sleep 9 <&3 >&- 2>&- & cat answer.json',
    ],
    ['reads half of its input', 'head -c 1000 >/dev/null; cat answer.json'],
    ['opens its input by name', 'cat /dev/stdin >/dev/null; cat answer.json'],
    ['closes its output and works on', 'cat answer.json; exec >&-; sleep 0.3'],
  ])('of a program that %s is what it has written when it ends', async (_, command) => {
    // No pipe holds what the program is given.
    const wide = {
      X: { shape: [60, 300], normal: { mean: 0, std: 1 } },
      y: Array.from({ length: 300 }, (_, n) => n % 2),
      W1: { shape: [2, 60], normal: { mean: 0, std: 1 } },
      b1: [0, 0],
    };
    const cwd = folderWith({ 'wide.json': wide });
    await run(['backprop', 'wide.json', '--json', '-o', 'answer.json'], { cwd });
    const start = performance.now();
    const args = ['compare', 'wide.json', '--sample', '1', '-q', '--against', command, '--timeout', '6'];
    expect(await run(args, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(performance.now() - start).toBeLessThan(6000);
  });

  test('of a program that writes much and ends at once is whole', async () => {
    const much = `node -e 'process.stdout.write(" ".repeat(3e6) + require("fs").readFileSync(process.argv[1]))'`;
    const command = `setsid sleep 5 & ${much} '${root}fixtures/two-layer.pytorch.json'`;
    expect(await run(['compare', config, '--against', command])).toMatchObject({ code: 0, stderr: '' });
  });

  test('of a program that writes without end is exit code 2', async () => {
    const { code, stderr } = await run(['compare', config, '--against', 'yes']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: yes: the command wrote more than 256 MiB (given ${config})\n`,
    });
  });

  test('of very many programs, and very many files, is judged like that of one', async () => {
    const file = `${root}fixtures/two-layer.pytorch.json`;
    const references = Array.from({ length: 300 }, () => ['--reference', file]).flat();
    const programs = Array.from({ length: 20 }, () => ['--against', answer]).flat();
    const cwd = folderWith({
      'net.json': { ...fixture('two-layer.json'), reference: Array(300).fill(file) },
    });
    const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
    const line = `ulimit -n 200; fcnet compare net.json --quiet ${[...references, ...programs].map(quoted).join(' ')}`;
    expect(await shell(line, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each(['cat >/dev/null; ', ''])(
    'comes where there is no room for temporary files, too',
    async (reads) => {
      const env = { TMPDIR: '/nonexistent' };
      const ran = await run(['compare', config, '-q', '--against', `${reads}${answer}`], { env });
      expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    },
  );

  test('leaves no file behind', async () => {
    const tmp = folderWith();
    const env = { TMPDIR: tmp };
    for (const command of [answer, 'exit 3', 'sleep 9'])
      await run(['compare', config, '--against', command, '--timeout', '0.5'], { env });
    expect(readdirSync(tmp)).toEqual([]);
  });

  test.each([
    ['a line', 'J = 2.2866\n', '"J = 2.2866", which is no part of its answer'],
    [
      'lines that hold what JSON does',
      '{"epoch": 1}\n[1, "\n}} {"',
      '"{"epoch": 1}" and 2 more lines, which are',
    ],
    ['a text in the line of its answer', 'J = "2\\" ', '"J = "2\\"", which is no part of its answer'],
  ])('passes over %s before the answer, and says so', async (_, text, note) => {
    const cwd = folderWith({ 'log.txt': text });
    const command = `cat ${cwd}/log.txt '${root}fixtures/two-layer.pytorch.json'`;
    const ran = await run(['compare', config, '-q', '--against', command]);
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    const { code, stderr } = await run(['compare', config, '--against', `mine=${command}`]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `note: mine: ignored ${note}${note.includes('which are') ? ' no part of its answer' : ''}\n`,
    });
  });

  test.each([
    ['--against', '', 'Expected a command.'],
    ['--rename', 'dW1', 'Expected THEIRS=OURS'],
  ])('%s %j is a usage error', async (option, value, message) => {
    const { code, stderr } = await run(['compare', config, option, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a slip in its syntax is shown as the shell says it', async () => {
    const { code, stderr } = await run(['compare', config, '--against', "echo 'open"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Syntax error|unexpected EOF|unterminated/i);
    expect(stderr).not.toContain('}');
  });

  test('waits as long as it is told to, even for years', async () => {
    const { code, stderr } = await run(['compare', config, '--timeout', '1e9', '--against', numpy]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('--rename', () => {
  const theirs = { fc1: [[1], [2]], fc2: [[1], [2]] };

  test.each([
    [['fc1=dW1', 'fc1=dW2'], 'fc1 is renamed already, to dW1'],
    [['fc1=dW1', 'fc2=dW1'], 'theirs.json: expected each gradient once (--rename), found two called dW1'],
  ])('%j is refused', async (renames, message) => {
    const cwd = folderWith({ 'theirs.json': theirs });
    const options = renames.flatMap((name) => ['--rename', name]);
    const { code, stderr } = await run(['compare', '--reference', 'theirs.json', ...options], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
