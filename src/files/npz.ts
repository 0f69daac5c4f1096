import { readNpy, readNpyStrings } from './npy.ts';
import type { ArrayFile, Reading } from './reading.ts';
import { Zip, type ZipEntry } from './zip.ts';

/** Opens an .npz file: a zip archive with a .npy file for each array, as numpy.savez and savez_compressed write it. */
export function openNpz(bytes: Uint8Array, reading: Reading): ArrayFile {
  const zip = new Zip(bytes, reading);
  const members = new Map<string, ZipEntry>();
  for (const entry of zip.entries) {
    if (entry.name.endsWith('/') && entry.size === 0) continue; // a folder
    const name = entry.name.replace(/\.npy$/, '');
    if (members.has(name)) throw reading.error(name, 'it stands twice in the file');
    members.set(name, entry);
  }
  const content = (name: string): Uint8Array => {
    const entry = members.get(name);
    if (entry === undefined) throw reading.error(name, 'there is no such array in the file');
    return zip.content(entry);
  };
  return {
    names: [...members.keys()],
    metadata: [],
    has: (name) => members.has(name),
    read: (name) => readNpy(content(name), name, reading),
    readStrings: (name) => readNpyStrings(content(name), name, reading),
  };
}
