import { existsSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { duration, ProgressLine } from '../../src/cli/progress.ts';
import { folderWith, run, runJson } from './fcnet.ts';

const IRIS = ['train', 'fixtures/iris.json', '--learning-rate', '0.5'];

describe.concurrent('train', () => {
  test('shows the curve, the loss and how many labels are right', async () => {
    const { code, stdout, stderr } = await run([...IRIS, '--iterations', '300']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^300 steps of full-batch gradient descent {2}θ ← θ − η ∂J\/∂θ, η = 0\.5$/m);
    expect(stdout).toMatch(/^right {2}145 of 150 \(96\.7%\), 50 of 150 \(33\.3%\) before$/m);
    expect(stdout).not.toContain('the loss rose');
  });

  test('says where a step raised the loss', async () => {
    const { code, stdout } = await run(['train']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^! the loss rose at step 1 of 1: 35\.6094 → 84\.8093; a smaller/m);
  });

  test.each(['learned.json', 'learned.npz'])(
    'writes the updated config to %s, which goes on from there',
    async (name) => {
      const folder = folderWith({});
      const file = `${folder}/${name}`;
      const { json: first, stderr } = await runJson([...IRIS, '--iterations', '4', '-o', file]);
      expect(stderr).toBe(`wrote ${file}\n`);
      const { json } = await runJson(['loss', file]);
      expect(json.loss.total).toBe(first.losses.at(-1));
      expect(json.loss.total).toBe(first.loss.total);
    },
  );

  test('as JSON has every loss', async () => {
    const { json } = await runJson([
      'train',
      'fixtures/iris-width.json',
      '--learning-rate',
      '0.1',
      '--iterations',
      '3',
    ]);
    expect(json).toMatchObject({
      version: 1,
      command: 'train',
      learningRate: 0.1,
      iterations: 3,
      right: null,
    });
    expect(json.losses).toHaveLength(4);
  });

  test('writes nothing where the loss overflows', async () => {
    const folder = folderWith({});
    const file = `${folder}/learned.json`;
    const { code, stdout, stderr } = await run([
      ...['train', 'fixtures/iris-width.json', '--learning-rate', '1e200'],
      ...['--iterations', '9', '-o', file],
    ]);
    expect({ code, stdout, there: existsSync(file) }).toEqual({ code: 2, stdout: '', there: false });
    expect(stderr).toMatch(
      /^error: .*iris-width\.json: the loss is .* after step \d; a smaller --learning-rate may help$/m,
    );
  });

  test('writes over no config that it reads, and to no file of another kind', async () => {
    const net = readFileSync('fixtures/two-layer.json', 'utf8');
    const folder = folderWith({ 'net.json': JSON.parse(net) });
    const before = readFileSync(`${folder}/net.json`, 'utf8');
    const own = await run(['train', `${folder}/net.json`, '-o', `${folder}/net.json`]);
    expect([own.code, own.stdout]).toEqual([2, '']);
    expect(own.stderr).toContain('it is an input of this command');
    expect(readFileSync(`${folder}/net.json`, 'utf8')).toBe(before);
    const other = await run(['train', '-o', `${folder}/net.pt`]);
    expect(other).toMatchObject({ code: 2, stdout: '' });
  });

  test.each([
    ['--learning-rate', '0'],
    ['--learning-rate', '-1'],
    ['--iterations', '0'],
    ['--iterations', '1.5'],
    ['--iterations', '10000001'],
  ])('does not take %s %s', async (option, value) => {
    expect(await run(['train', option, value])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('progress', () => {
  afterEach(() => void vi.useRealTimers());

  const shown = async (isTTY: boolean, milliseconds: number): Promise<string> => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const stderr = Object.assign(new PassThrough(), { isTTY, columns: 40 });
    const line = new ProgressLine(stderr);
    vi.advanceTimersByTime(milliseconds);
    await line.after(25, 100, 'step 25 of 100, loss 0.25');
    line.end();
    return String(stderr.read() ?? '');
  };

  test('is shown on a terminal once it takes long, and is gone in the end', async () => {
    expect(await shown(true, 5000)).toBe('\r\u001b[Kstep 25 of 100, loss 0.25, about 15 s l\r\u001b[K');
  });

  test('is not shown at first, nor where nobody looks', async () => {
    expect(await shown(true, 1500)).toBe('');
    expect(await shown(false, 5000)).toBe('');
  });

  test('says minutes where there are many', () => {
    expect([duration(1), duration(99_000), duration(600_000)]).toEqual(['1 s', '99 s', '10 min']);
  });
});
