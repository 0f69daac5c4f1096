import { explain } from './explain.ts';
import type { ArrayFile } from './files/reading.ts';
import { inputError, JsonDocument, parseJson } from './json.ts';
import { checkKeys } from './keys.ts';
import { buildProblem, type Problem } from './problem.ts';
import { type Config, configSchema } from './schema.ts';

/** Values of the command line, which come before those of the config. */
export interface Overrides {
  readonly reg?: number;
  readonly activation?: Config['activation'];
  readonly samples?: Config['samples'];
  readonly weights?: Config['weights'];
}

export interface ParseOptions {
  /** the name that errors use */
  readonly file?: string;
  readonly overrides?: Overrides;
  /** the files of arrays that it names, opened */
  readonly files?: ReadonlyMap<string, ArrayFile>;
}

/**
 * Reads a config and checks all of it.
 *
 * @param config a JSON text, or the value it would hold
 * @throws InputError naming each place, what was expected there and what was found
 */
export function parseConfig(config: string | object, options: ParseOptions = {}): Problem {
  const document = asDocument(config, options.file ?? 'config');
  const findings = checkKeys(document.value);
  if (findings.length > 0) throw inputError(document, findings);

  const overrides = Object.fromEntries(
    Object.entries(options.overrides ?? {}).filter(([, value]) => value !== undefined),
  );
  const merged = { ...(document.value as object), ...overrides };
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) {
    throw inputError(
      document,
      parsed.error.issues.flatMap((issue) => explain(issue, merged)),
    );
  }
  const checked = buildProblem(parsed.data, options.files ?? new Map());
  if ('findings' in checked) throw inputError(document, checked.findings);
  return checked.problem;
}

function asDocument(config: string | object, file: string): JsonDocument {
  if (typeof config === 'string') return parseJson(file, config);
  return config instanceof JsonDocument ? config : JsonDocument.ofValue(file, config);
}
