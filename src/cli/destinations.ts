import { InputError } from '../files/errors.ts';
import { FORMAT_NAMES, type FormatName, isDocument } from './formats.ts';

/** A format, and the file that it goes to; without one it goes where results go: standard output, or the file of -o. */
export interface Destination {
  readonly format: FormatName;
  readonly file?: string;
}

/** `junit=report.xml`, `table`; undefined where that is no format. */
export function destinationOf(
  text: string,
  names: readonly FormatName[] = FORMAT_NAMES,
): Destination | undefined {
  const [word = ''] = text.split('=', 1);
  const format = names.find((name) => name === word);
  if (format === undefined) return undefined;
  return word === text ? { format } : { format, file: text.slice(word.length + 1) };
}

/**
 * Where the results of a run go: as was asked for, and a table where nothing was that goes where results go.
 *
 * @throws InputError where two documents, or a document and something else, would be printed one after another
 */
export function destinationsOf(
  formats: readonly Destination[] = [],
  json = false,
): { readonly printed: readonly FormatName[]; readonly filed: readonly Required<Destination>[] } {
  const asked: Destination[] = json ? [{ format: 'json' }, ...formats] : [...formats];
  const filed = asked.flatMap(({ format, file }) => (file === undefined ? [] : [{ format, file }]));
  const printed = [...new Set(asked.filter(({ file }) => file === undefined).map(({ format }) => format))];
  const document = printed.find(isDocument);
  if (document !== undefined && printed.length > 1)
    throw InputError.ofFile(
      '--format',
      `${document} stands alone; expected a file for all formats but one, as in ${document}=FILE, found ${printed.join(' and ')}`,
    );
  return { printed: printed.length === 0 ? ['table'] : printed, filed };
}
