import type { Finding } from '../errors.ts';
import { inputError, parseJson } from '../json.ts';
import { readNested } from '../nested.ts';
import type { ArrayFile } from './reading.ts';

/** A JSON text that holds arrays: an object of them by name, or one array without a name. */
export function openJsonArrays(file: string, text: string): ArrayFile {
  const document = parseJson(file, text, { nonFinite: true });
  const named = Array.isArray(document.value) ? { '': document.value } : Object(document.value);
  return {
    names: Object.keys(named),
    read(name) {
      const findings: Finding[] = [];
      const nested = readNested(named[name], name === '' ? [] : [name], (path, message) =>
        findings.push({ path, message }),
      );
      if (nested === undefined) throw inputError(document, findings);
      return { name, dtype: 'float64', ...nested };
    },
  };
}
