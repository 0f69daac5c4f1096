import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { pythonWith } from '../python.ts';
import { folderWith, root, run, runJson } from './fcnet.ts';

// A program that knows nothing of fcnet: its arrays lie as it likes, by its own names.

const python = pythonWith('numpy');

describe.skipIf(python === undefined)(
  'a program in the style of CS231n gets its verdict by the names of its files',
  () => {
    let cwd = '';
    beforeAll(() => {
      cwd = folderWith();
    });
    const ran = (folder: string, ...mistake: string[]): void => {
      const { status, stderr } = spawnSync(
        python as string,
        [`${root}test/cli/two_layer_net.py`, ...mistake],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      );
      expect([status, stderr]).toEqual([0, '']);
    };

    test.each([
      [
        'its gradients',
        'grads.npz',
        'W1 is read as dW1, b1 as db1, W2 as dW2, b2 as db2 (by number and kind)',
        'float64',
      ],
      [
        'its parameters after a step',
        'step.npz',
        'W1 is read as dW1, b1 as db1, W2 as dW2, b2 as db2 (by number and kind; after one step of 0.1)',
        'float64',
      ],
      [
        'a list of arrays',
        'listed.npz',
        'arr_0 is read as dW1, arr_1 as db1, arr_2 as dW2, arr_3 as db2 (by order, since their shapes fit no other)',
        'float64',
      ],
      [
        'numbers rounded to 8 decimals',
        'printed.json',
        'W1 is read as dW1, b1 as db1, W2 as dW2, b2 as db2 (by number and kind)',
        '8 decimals',
      ],
    ])('from %s', async (_, file, note, known) => {
      ran(cwd);
      const { code, stderr, json } = await runJson(['compare', 'net.npz', '--reference', file], { cwd });
      expect(code).toBe(0);
      expect(stderr).toBe(`note: ${file}: ${note}\n`);
      const [reference] = json.references;
      expect(reference).toMatchObject({ name: file, passed: true });
      expect(reference.printed ?? reference.dtype).toBe(known);
    });

    test('in float32', async () => {
      const folder = folderWith();
      ran(folder, 'single');
      for (const file of ['grads.npz', 'step.npz', 'listed.npz']) {
        const { code, json } = await runJson(['compare', 'net.npz', '--reference', file], { cwd: folder });
        expect([code, json.references[0].dtype]).toEqual([0, 'float32']);
      }
    });

    test('and where these say nothing of its conventions, one command says what to add, and the next the rest', async () => {
      const folder = folderWith();
      ran(folder, 'bare');
      const args = ['compare', 'net.npz', '--reference', 'grads.npz'];
      const { code, stderr } = await run(args, { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('add --samples rows --weights in-out; in the config');
      const laid = [...args, '--samples', 'rows', '--weights', 'in-out'];
      const { json } = await runJson(laid, { cwd: folder });
      expect(json.references[0].convention.options).toEqual({ activation: 'relu', penalty: 'full' });
      const meant = [...laid, '--activation', 'relu', '--penalty', 'full', '-q'];
      expect(await run(meant, { cwd: folder })).toMatchObject({ code: 0, stdout: '' });
    });

    test('and its mistake by name', async () => {
      const folder = folderWith();
      ran(folder, 'no-relu');
      for (const file of ['grads.npz', 'step.npz', 'printed.json']) {
        const { code, json } = await runJson(['compare', 'net.npz', '--reference', file], { cwd: folder });
        expect(code).toBe(1);
        expect(json.references[0].diagnosis).toMatchObject([{ mistake: 'missing-slope', layer: 1 }]);
      }
    });
  },
);
