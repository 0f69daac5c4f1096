import path from 'node:path';
import { arraysOfConfig } from '../config/as-arrays.ts';
import { InputError } from '../files/errors.ts';
import { writeNpz } from '../files/write-npz.ts';
import { type Json, writeJson } from '../report/json.ts';

// Configs that fcnet writes: the name of the file says what is written to it, JSON where it has no extension.

/** @throws InputError */
export function checkConfigName(file: string): void {
  if (!['', '.json', '.npz'].includes(extension(file)))
    throw InputError.ofFile(file, 'expected a name that ends in .json or .npz');
}

/** @param config as {@link writtenOut} gives it */
export const configContent = (
  file: string,
  config: Readonly<Record<string, unknown>>,
  dtype: 'float64' | 'float32',
): string | Uint8Array =>
  extension(file) === '.npz' ? writeNpz(arraysOfConfig(config, dtype)) : writeJson(config as Json);

const extension = (file: string): string => path.extname(file).toLowerCase();
