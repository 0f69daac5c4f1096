import { explain } from './explain.ts';
import { inputError, type JsonDocument, parseJson } from './json.ts';
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

/**
 * Reads a config and checks all of it.
 *
 * @param config a JSON text, or the value it would hold
 * @param options.file the name that errors use
 * @throws InputError naming each place, what was expected there and what was found
 */
export function parseConfig(
  config: string | object,
  options: { file?: string; overrides?: Overrides } = {},
): Problem {
  const file = options.file ?? 'config';
  const document = typeof config === 'string' ? parseJson(file, config) : fromValue(file, config);
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
  const checked = buildProblem(parsed.data);
  if ('findings' in checked) throw inputError(document, checked.findings);
  return checked.problem;
}

/** A config that was never a text gets one only if an error has to be shown in it. */
function fromValue(file: string, value: object): JsonDocument {
  return {
    file,
    value,
    get text() {
      return JSON.stringify(value, null, 2);
    },
  };
}
