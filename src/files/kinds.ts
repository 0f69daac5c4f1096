import path from 'node:path';
import { InputError } from './errors.ts';

// Files that others keep arrays in, and fcnet does not read: what they are, and how to save them so that it does.

interface Kind {
  readonly what: string;
  /** a line of Python that saves `file` as `npz`, both quoted */
  save?(file: string, npz: string, first: string): string;
  /** what else helps */
  readonly hint?: (file: string) => string;
}

const PYTORCH: Kind = {
  what: 'a PyTorch file',
  save: (file, npz) =>
    `import torch, numpy as np; np.savez(${npz}, **{k: v.detach().numpy() for k, v in torch.load(${file}, map_location='cpu').items()})`,
};
const PICKLE: Kind = {
  what: 'a Python pickle',
  save: (file, npz) => `import pickle, numpy as np; np.savez(${npz}, **pickle.load(open(${file}, 'rb')))`,
};
const HDF5: Kind = {
  what: 'an HDF5 file',
  save: (file, npz) =>
    `import h5py, numpy as np; a = {}; h5py.File(${file}).visititems(lambda k, v: a.update({k: v[()]}) if isinstance(v, h5py.Dataset) else None); np.savez(${npz}, **a)`,
};
const MATLAB: Kind = {
  what: 'a MATLAB file',
  save: (file, npz) =>
    `import scipy.io, numpy as np; np.savez(${npz}, **{k: v for k, v in scipy.io.loadmat(${file}).items() if k[0] != '_'})`,
};
/** MATLAB turns the dimensions of what it writes into HDF5 round. */
const MATLAB_HDF5: Kind = {
  what: 'a MATLAB file of version 7.3',
  save: (file, npz) =>
    `import h5py, numpy as np; np.savez(${npz}, **{k: v[()].T for k, v in h5py.File(${file}).items() if isinstance(v, h5py.Dataset)})`,
};
const OCTAVE: Kind = {
  what: 'a text file of Octave',
  hint: (file) =>
    `save it there with "save -v7 ${path.basename(file)} …" first, which Python's scipy.io reads`,
};
const ONNX: Kind = {
  what: 'an ONNX model',
  save: (file, npz) =>
    `import onnx, onnx.numpy_helper, numpy as np; np.savez(${npz}, **{t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(${file}).graph.initializer})`,
};
const KERAS: Kind = {
  what: 'a Keras model',
  save: (file, npz) =>
    `import keras, numpy as np; np.savez(${npz}, *keras.models.load_model(${file}).get_weights())`,
};
const JOBLIB: Kind = {
  what: 'a joblib file',
  save: (file, npz) => `import joblib, numpy as np; np.savez(${npz}, **joblib.load(${file}))`,
};
const CSV = table(", delimiter=','");
const GZIP: Kind = { what: 'a gzip archive', hint: () => 'unpack it first (gunzip)' };
const PYTHON: Kind = {
  what: 'a Python program',
  hint: (file) => `let it answer: fcnet compare CONFIG --against "python3 ${file}"`,
};

/** Numbers in lines; a head of names is skipped. */
function table(delimiter: string): Kind {
  return {
    what: 'a table of numbers as text',
    save(file, npz, first) {
      const skip = /[A-DF-Za-df-z]/.test(first.replaceAll(/\b(nan|inf)\b/gi, '')) ? ', skiprows=1' : '';
      const name = path.basename(file.slice(1, -1)).replace(/\.\w+$/, '');
      const key = /^[A-Za-z]\w*$/.test(name) ? name : 'X';
      return `import numpy as np; np.savez(${npz}, ${key}=np.loadtxt(${file}${delimiter}${skip}))`;
    },
  };
}

const BY_EXTENSION: Readonly<Record<string, Kind>> = {
  '.pt': PYTORCH,
  '.pth': PYTORCH,
  '.pkl': PICKLE,
  '.pickle': PICKLE,
  '.joblib': JOBLIB,
  '.h5': HDF5,
  '.hdf5': HDF5,
  '.keras': KERAS,
  '.mat': MATLAB,
  '.onnx': ONNX,
  '.csv': CSV,
  '.tsv': table(''),
  '.gz': GZIP,
  '.py': PYTHON,
};

/** The kinds that are known by how they begin, whatever their name. */
const BY_START: readonly (readonly [begins: (start: string) => boolean, kind: Kind])[] = [
  [(start) => start.startsWith(ZIP) && /\/data\.pkl(?!\.npy)/.test(start), PYTORCH],
  [(start) => start.startsWith('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'), PYTORCH], // before 1.6
  [isPickle, PICKLE],
  [(start) => start.startsWith('\x89HDF\r\n\x1a\n'), HDF5],
  [(start) => start.startsWith('MATLAB 7.3 MAT-file'), MATLAB_HDF5],
  [(start) => start.startsWith('MATLAB 5.0 MAT-file'), MATLAB],
  [(start) => start.startsWith('# Created by Octave'), OCTAVE],
  [(start) => start.startsWith('\x1f\x8b\x08'), GZIP],
];

/** The name of its first member stands near its beginning. */
const ZIP = 'PK\x03\x04';

/** PROTO of protocol 2 to 5; a .safetensors file may begin so, with the length of the header that begins behind it. */
function isPickle(start: string): boolean {
  const protocol = start.charCodeAt(1);
  return start.startsWith('\x80') && protocol >= 2 && protocol <= 5 && start.slice(4, 9) !== '\0\0\0\0{';
}

/** What is looked at of a file. */
const START = 256;

/** What a file is, if that is something that fcnet does not read. */
function kindOf(file: string, start: string): Kind | undefined {
  const named = BY_EXTENSION[path.extname(file).toLowerCase()];
  const known = BY_START.find(([begins]) => begins(start))?.[1];
  return known === PICKLE ? (named ?? known) : (known ?? named); // a pickle may be more than that
}

/**
 * Refuses a file that is of another kind by its name, or by how it begins.
 *
 * @param bytes what it holds, where that was read
 * @throws InputError that names the kind, with the line that saves it as .npz
 */
export function refuseOtherKind(file: string, bytes: Uint8Array = new Uint8Array()): void {
  const start = Buffer.from(bytes.subarray(0, START)).toString('latin1');
  const kind = kindOf(file, start);
  if (kind === undefined) return;
  // Where a long path would be cut, the line is for its folder.
  const own = file.length > LONGEST ? path.basename(file) : file;
  const { dir, name } = path.parse(own);
  const npz = path.join(dir, `${name}.npz`);
  const saved = npz === own ? path.join(dir, `${name}.arrays.npz`) : npz;
  const line = kind.save?.(quoted(own), quoted(saved), start.split('\n', 1)[0] ?? '');
  const help = line === undefined ? kind.hint?.(own) : `save it as .npz: ${line}`;
  throw InputError.ofFile(file, `expected .json, .npz or .safetensors; this is ${kind.what}; ${help}`);
}

const LONGEST = 60;

/** As Python writes a text. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
