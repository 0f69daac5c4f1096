import { openArrayFile, refuseOther } from './arrays.ts';
import { Budget } from './budget.ts';
import { readBytes, readText } from './bytes.ts';
import { openJsonArrays } from './json-arrays.ts';
import type { ReadOptions } from './read-options.ts';
import type { ArrayFile } from './reading.ts';

/**
 * Opens a file of arrays on disk: .npy, .npz, .safetensors or .json.
 *
 * @throws InputError
 */
export async function loadArrayFile(file: string, options: ReadOptions = {}): Promise<ArrayFile> {
  const { budget = new Budget(), passing = budget } = options;
  const shared = { ...options, budget, passing };
  if (file.toLowerCase().endsWith('.json')) return openJsonArrays(file, await readText(file, shared), shared);
  refuseOther(file);
  return openArrayFile(file, await readBytes(file, shared), shared);
}
