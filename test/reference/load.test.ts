import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { Budget } from '../../src/files/budget.ts';
import { InputError } from '../../src/files/errors.ts';
import { type AskOptions, askCommand, loadReference } from '../../src/reference/load.ts';
import { newFolder } from '../folders.ts';

/** dW1 = (1 2), in a file of arrays. */
function safetensors(): Buffer {
  const header = JSON.stringify({ dW1: { dtype: 'F64', shape: [1, 2], data_offsets: [0, 16] } });
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([start, Buffer.from(header), Buffer.from(Float64Array.of(1, 2).buffer)]);
}

describe('a reference is loaded', () => {
  const folder = newFolder();
  writeFileSync(path.join(folder, 'theirs.json'), '{"dW1": [[1, 2]], "dtype": "float32"}');
  writeFileSync(path.join(folder, 'theirs.safetensors'), safetensors());
  const gradient = [{ name: 'dW1', shape: [1, 2], data: Float64Array.of(1, 2) }];

  test('from the config itself', async () => {
    const { name, tensors } = await loadReference({ dW1: [[1, 2]] }, '/nowhere');
    expect({ name, tensors }).toEqual({ name: 'inline reference', tensors: gradient });
  });

  test.each(['theirs.json', 'theirs.safetensors'])(
    'from a file beside the config, or anywhere: %s',
    async (file) => {
      const whole = path.join(folder, file);
      for (const [source, beside] of [
        [file, folder],
        [whole, '/nowhere'],
      ] as const)
        expect(await loadReference(source, beside)).toMatchObject({ name: whole, tensors: gradient });
    },
  );

  test('with the options of its reader', async () => {
    for (const source of ['theirs.json', 'theirs.safetensors', { dW1: [[1, 2]] }]) {
      const { precision, tensors } = await loadReference(source, folder, {
        precision: 'float16',
        rename: { dW1: 'x' },
      });
      expect([precision, tensors[0]!.name]).toEqual(['float16', 'x']);
    }
  });

  test('as far as the memory goes, of which its text is given back', async () => {
    const budget = new Budget(1000);
    await loadReference('theirs.json', folder, { budget });
    expect(budget.left).toBe(1000 - 16); // two numbers
    await expect(loadReference('theirs.json', folder, { budget: new Budget(10) })).rejects.toThrow(
      'too large',
    );
    const numbers = JSON.stringify({ dW1: Array(100).fill(1) });
    writeFileSync(path.join(folder, 'long.json'), numbers);
    for (const [bytes, fits] of [
      [8000, true],
      [700, false],
    ] as const) {
      const loading = loadReference('long.json', folder, { budget: new Budget(bytes) });
      if (fits) expect((await loading).tensors[0]!.data).toHaveLength(100);
      else await expect(loading).rejects.toThrow('too large');
    }
  });
});

describe('a command is asked', () => {
  const problem = parseConfig({ X: [[1, 2]], y: [0, 1], W1: [[0.5], [3]], b1: [4, 5] });
  const options = (own: Partial<AskOptions> = {}): AskOptions => ({
    config: 'net.json',
    timeout: 60,
    onInterrupt: () => () => {},
    ...own,
  });
  const ask = (command: string, own?: Partial<AskOptions>) => askCommand(command, problem, options(own));

  test('for JSON, given JSON; what it prints before is told', async () => {
    const { reference, besides } = await ask(`echo 'epoch 1'; echo '{"dW1": [[1], [2]], "loss": 3}'`);
    expect(reference).toMatchObject({
      tensors: [{ name: 'dW1' }],
      loss: { total: 3 },
      asked: problem.layout,
    });
    expect(besides).toEqual({ first: 'epoch 1', lines: 1 });
    const { tensors } = (await ask(`sed 's/.*"W1":\\(\\[\\[[^a-z]*\\]\\]\\).*/{"dW1": \\1}/'`)).reference;
    expect(tensors.find(({ name }) => name === 'dW1')?.data).toEqual(Float64Array.of(0.5, 3));
  });

  test('for lines of text, given such, in the layout that it was given', async () => {
    const give = { text: true, weights: 'in-out' } as const;
    const answer = ['dW1 2 1 2 1 2', 'loss 0 3', 'samples rows'].join('\\n');
    const { reference, besides } = await ask(`printf '${answer}\\n'`, { give });
    expect(reference).toMatchObject({
      tensors: [{ name: 'dW1', shape: [1, 2] }],
      loss: { total: 3 },
      layout: { samples: 'rows' },
      asked: { ...problem.layout, weights: 'in-out' },
    });
    expect(besides).toBeUndefined();
  });

  test('with the options of its reader', async () => {
    const rename = { W: 'dW1' };
    for (const own of [{}, { give: { text: true } as const }]) {
      const command = own.give ? `printf 'W 2 2 1 1 2\\n'` : `echo '{"W": [[1], [2]]}'`;
      const { reference } = await ask(command, { ...own, rename, precision: 'float32' });
      expect([reference.precision, reference.tensors[0]!.name]).toEqual(['float32', 'dW1']);
    }
  });

  test('whose answer is wrong: it is said of which config, and its standard error at the end', async () => {
    const problemsOf = async (command: string) => {
      try {
        await ask(command);
      } catch (error) {
        return (error as InputError).problems.map(({ message, output, file }) => ({ message, output, file }));
      }
      throw new Error('nothing was thrown');
    };
    const wrong = `echo '{"dW1": ["x"], "db1": ["y"]}'`;
    const [first, second] = await problemsOf(`${wrong}; echo why >&2`);
    expect(first).toMatchObject({
      message: 'expected a number, found "x" (given net.json)',
      output: undefined,
    });
    expect(second).toMatchObject({ message: 'expected a number, found "y" (given net.json)', output: 'why' });
    const quiet = await problemsOf(wrong);
    expect(quiet.map(({ output }) => output)).toEqual([undefined, undefined]);
    expect((await problemsOf('exit 3'))[0]!.message).toBe(
      'the command failed with exit code 3 (given net.json)',
    );
  });

  test('an error that is no answer’s passes through', async () => {
    const onInterrupt = (): never => {
      throw new TypeError('mine');
    };
    await expect(ask('true', { onInterrupt })).rejects.toThrow(new TypeError('mine'));
    expect(new InputError([])).toBeInstanceOf(Error);
  });
});
