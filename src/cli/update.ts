import { InputError } from '../config/errors.ts';
import type { Backprop } from '../index.ts';
import { formatJson } from '../report/json.ts';
import type { Input } from './inputs.ts';
import type { Io } from './io.ts';
import { writeWhole } from './output.ts';

/**
 * Writes a golden file: what `backprop --json` prints, to the one reference that was named.
 *
 * @throws InputError in CI, where a golden file must not change to fit what it guards
 */
export async function updateGolden(
  references: readonly string[],
  { config, problem }: Input,
  result: Backprop,
  io: Io,
): Promise<void> {
  if (io.env.CI)
    throw InputError.ofFile(
      '--update',
      'golden files are not written in CI (CI is set): update them where you review them',
    );
  const [file, ...others] = references;
  if (file === undefined || others.length > 0) {
    throw InputError.ofFile('--update', `expected one --reference to write, found ${references.length}`);
  }
  await writeWhole(
    file,
    formatJson('backprop', [{ config, problem, outcome: { command: 'backprop', result } }], true),
  );
  io.stderr.write(`wrote ${file}\n`);
}
