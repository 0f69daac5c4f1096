import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { openArrayFile } from '../../src/files/arrays.ts';
import { readText } from '../../src/files/bytes.ts';
import { refuseOtherKind } from '../../src/files/kinds.ts';
import { loadReference } from '../../src/reference/load.ts';
import { pythonWith } from '../python.ts';
import { complaint, fixtureBytes } from './array-files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'fcnet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const refusal = (file: string, content: Uint8Array = bytes('')): string =>
  complaint(() => refuseOtherKind(file, content));

describe('a file is named as what it is by its ending', () => {
  test.each([
    ['net.pt', 'a PyTorch file', 'torch.load'],
    ['net.pth', 'a PyTorch file', 'torch.load'],
    ['net.pkl', 'a Python pickle', 'pickle.load'],
    ['net.PICKLE', 'a Python pickle', 'pickle.load'],
    ['net.joblib', 'a joblib file', 'joblib.load'],
    ['net.h5', 'an HDF5 file', 'h5py.File'],
    ['net.keras', 'a Keras model', 'keras.models.load_model'],
    ['net.mat', 'a MATLAB file', 'scipy.io.loadmat'],
    ['net.onnx', 'an ONNX model', 'onnx.load'],
    ['W1.csv', 'a table of numbers as text', "W1=np.loadtxt('W1.csv', delimiter=',')"],
    ['1.tsv', 'a table of numbers as text', "X=np.loadtxt('1.tsv')"],
  ])('%s is %s', (file, what, call) => {
    const message = refusal(file);
    expect(message).toContain(
      `expected .json, .npz or .safetensors; this is ${what}; save it as .npz: import `,
    );
    expect(message).toContain(`np.savez('${file.replace(/\.\w+$/, '.npz')}', `);
    expect(message).toContain(call);
  });

  test.each([
    ['net.json.gz', 'a gzip archive; unpack it first (gunzip)'],
    ['net.py', 'a Python program; let it answer: fcnet compare CONFIG --against "python3 net.py"'],
  ])('%s is %s', (file, what) => {
    expect(refusal(file)).toContain(`this is ${what}`);
  });

  test('and its own name stands in the line as Python wants it', () => {
    expect(refusal("a/it's.pt")).toContain(`np.savez('a/it\\'s.npz'`);
    expect(refusal('net.pt')).not.toContain('found'); // what a config names is shown up to there
  });
});

describe('a file is named as what it is by how it begins', () => {
  const zip = (name: string): Uint8Array => bytes(`PK\x03\x04${'\0'.repeat(26)}${name}\0\0`);
  test.each<[string, Uint8Array, string]>([
    ['net.npz', zip('archive/data.pkl'), 'a PyTorch file'],
    ['net.json', bytes('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.'), 'a PyTorch file'],
    ['net.json', bytes('\x80\x04\x95\x10'), 'a Python pickle'],
    ['net.joblib', bytes('\x80\x04\x95\x10'), 'a joblib file'],
    ['net.npz', bytes('\x89HDF\r\n\x1a\n'), 'an HDF5 file'],
    ['net.mat', bytes('MATLAB 7.3 MAT-file, Platform'), 'a MATLAB file of version 7.3'],
    ['net.npz', bytes('MATLAB 5.0 MAT-file, Platform'), 'a MATLAB file'],
    ['net.mat', bytes('# Created by Octave 8.4'), 'a text file of Octave'],
    ['net.json', bytes('\x1f\x8b\x08\x00'), 'a gzip archive'],
  ])('%s', (file, content, what) => {
    expect(refusal(file, content)).toContain(`this is ${what}; `);
  });

  test('and the line does not write over it, where its name is wrong', () => {
    expect(refusal('net.npz', zip('archive/data.pkl'))).toContain("np.savez('net.arrays.npz'");
  });

  test('but not what fcnet reads', () => {
    for (const file of ['net.npz', 'matrix.npy', 'net.safetensors'])
      refuseOtherKind(file, fixtureBytes(file));
    refuseOtherKind('net.npz', zip('a/data.pkl.npy'));
    refuseOtherKind('net.safetensors', bytes('\x80\x02\0\0\0\0\0\0{"W1": '));
    refuseOtherKind('net.json', bytes('{"X": [[1]]}'));
  });

  test('a head of names above numbers is skipped', () => {
    expect(refusal('X.csv', bytes('a,b\n1,2\n'))).toContain("delimiter=',', skiprows=1)");
    expect(refusal('X.csv', bytes('1e-3,nan\n1,2\n'))).toContain("delimiter=',')");
  });
});

describe('wherever a file is read', () => {
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const message = async (reading: Promise<unknown>): Promise<string> =>
    reading.then(
      () => 'it was read',
      ({ problems }) => problems[0].message,
    );
  const pickle = bytes('\x80\x04\x95\x10');

  test('as a config', async () => {
    expect(await message(loadConfig(write('net.pkl', pickle), () => Readable.from([])))).toMatch(
      /this is a Python pickle/,
    );
    expect(await message(loadConfig('-', () => Readable.from([Buffer.from(pickle)])))).toMatch(
      /this is a Python pickle/,
    );
  });

  test('as an array of a config, at the place where that names it', async () => {
    write('w.mat', '');
    const net = write('net.json', '{"X": [[1]], "y": [0], "W1": {"file": "w.mat"}, "b1": [0, 0]}');
    await expect(loadConfig(net, () => Readable.from([]))).rejects.toMatchObject({
      problems: [
        { path: 'W1.file', column: 39, message: expect.stringMatching(/this is a MATLAB file; .*w\.npz/) },
      ],
    });
  });

  test('as a reference', async () => {
    expect(await message(loadReference(write('g.onnx', ''), ''))).toMatch(/this is an ONNX model/);
    expect(await message(readText(write('g.json', pickle)))).toMatch(/this is a Python pickle/);
    expect(complaint(() => openArrayFile('g.npz', pickle))).toMatch(/this is a Python pickle/);
  });
});

const python = pythonWith('scipy.io');
test.runIf(python)('the lines do what they say', () => {
  const make = `
import numpy as np, pickle, scipy.io
d = {'W1': np.array([[1.5, 2], [3, 4]]), 'b1': np.array([[5.0, 6]])}
pickle.dump(d, open('net.pkl', 'wb'))
scipy.io.savemat('net.mat', d)
np.savetxt('W1.csv', d['W1'], delimiter=',', header='a,b', comments='')
np.savetxt('W1.tsv', d['W1'], delimiter='\\t')`;
  execFileSync(python!, ['-c', make], { cwd: folder });
  for (const [file, head, saved] of [
    ['net.pkl', '', 'net.npz'],
    ['net.mat', '', 'net.npz'],
    ['W1.csv', 'a,b\n', 'W1.npz'],
    ['W1.tsv', '', 'W1.npz'],
  ] as const) {
    const line = refusal(file, bytes(head)).replace(/^.*save it as \.npz: /, '');
    rmSync(path.join(folder, saved), { force: true });
    const print = `import numpy as np; d = np.load('${saved}'); print({k: d[k].tolist() for k in d})`;
    const printed = execFileSync(python!, ['-c', `${line}\n${print}`], { cwd: folder, encoding: 'utf8' });
    expect(printed).toContain("'W1': [[1.5, 2.0], [3.0, 4.0]]");
  }
});
