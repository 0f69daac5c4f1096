import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readFailure } from '../config/errors.ts';
import type { ReferenceSource } from '../config/problem.ts';
import type { Precision } from './precision.ts';
import { parseReference, type Reference } from './reference.ts';

/**
 * Loads a reference from where a config names it, or takes one that stands in the config itself.
 *
 * @param folder what a path is relative to
 */
export async function loadReference(
  source: ReferenceSource,
  folder: string,
  precision?: Precision,
): Promise<Reference> {
  if (typeof source !== 'string') return parseReference('inline reference', source, precision);
  const file = path.isAbsolute(source) ? source : path.join(folder, source);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw readFailure(file, error);
  }
  return parseReference(file, text, precision);
}
