import { openArrayFile, refuseOther } from './arrays.ts';
import { readBytes, readText } from './bytes.ts';
import { openJsonArrays } from './json-arrays.ts';
import type { ArrayFile } from './reading.ts';

/**
 * Opens a file of arrays on disk: .npy, .npz, .safetensors or .json.
 *
 * @throws InputError
 */
export async function loadArrayFile(file: string): Promise<ArrayFile> {
  if (file.toLowerCase().endsWith('.json')) return openJsonArrays(file, await readText(file));
  refuseOther(file);
  return openArrayFile(file, await readBytes(file));
}
