import { orientSamples } from '../core/layout.ts';
import type { Loss } from '../core/loss.ts';
import type { Tensor } from '../core/network.ts';
import type { Backprop, Forward, Outputs } from '../core/results.ts';
import type { FunctionCheck } from '../gradcheck/functions.ts';
import type { CheckedTensor, Inconclusive } from '../gradcheck/gradcheck.ts';
import type { Audit } from '../mistakes/audit.ts';
import type { BackwardStep } from '../mistakes/backward.ts';
import type { AuditedCheck } from '../mistakes/strength.ts';
import type { Comparison } from '../reference/compare.ts';
import type { ReferenceLoss, ReferenceTensor, ReferenceVerdict } from '../reference/judge.ts';
import { escapeUnprintable } from './printable.ts';
import type { Report } from './table.ts';

/** The version of the JSON output: it changes when a key changes its meaning. */
const VERSION = 1;

/** What JSON can hold; numbers that it cannot are written as strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One report, or several as `results` of one object. */
export function formatJson(
  command: string,
  reports: readonly Report[],
  passed: boolean,
  several = false,
): string {
  const [only] = reports;
  if (several || only === undefined) return jsonOfSeveral(command, reports.map(jsonResult), passed);
  return writeJson({ version: VERSION, command, ...bodyOf(only) });
}

/** A report as one of the `results` of an object. */
export const jsonResult = (report: Report): string =>
  write({ config: report.config, ...bodyOf(report) }, RESULT_INDENT);

const RESULT_INDENT = ' '.repeat(4);

/** An object of several results, written as {@link jsonResult} does. */
export function jsonOfSeveral(command: string, results: readonly string[], passed: boolean): string {
  const head = write({ version: VERSION, command, passed }, '').replace(/\n}$/, '');
  const list = results.map((result) => RESULT_INDENT + result).join(',\n');
  return `${escapeUnprintable(`${head},\n  "results": ${list === '' ? '[]' : `[\n${list}\n  ]`}\n}`)}\n`;
}

function bodyOf(report: Report): Record<string, Json> {
  if ('functions' in report) return functionsJson(report.functions);
  const { outcome, problem } = report;
  switch (outcome.command) {
    case 'forward':
      return forwardJson(outcome.result);
    case 'loss':
      return { loss: lossJson(outcome.result) };
    case 'backprop':
      return backpropJson(outcome.result, outcome.steps);
    case 'gradcheck':
      return { loss: lossJson(outcome.result.loss), ...checkJson(outcome.result, outcome.result.passed) };
    case 'audit':
      return auditJson(outcome.result);
    case 'compare':
      return compareJson(
        outcome.result,
        orientSamples('logits', outcome.result.check.pass.logits, problem.layout),
      );
  }
}

const outputsJson = ({ logits, outputs }: Outputs): Record<string, Json> => ({
  logits: nested(logits),
  [outputs.name]: nested(outputs),
});

const forwardJson = ({ predictions, ...outputs }: Forward): Record<string, Json> => ({
  ...outputsJson(outputs),
  predicted: predictions?.predicted ?? null,
  right: predictions?.right ?? null,
});

const backpropJson = (result: Backprop, steps: readonly BackwardStep[] = []): Record<string, Json> => ({
  ...outputsJson(result),
  loss: lossJson(result.loss),
  gradients: Object.fromEntries(result.gradients.map((tensor) => [tensor.name, nested(tensor)])),
  ...(steps.length > 0 && {
    backward: steps.map(({ equation, code, value }) => ({
      name: value.name,
      equation,
      code,
      shape: value.shape,
      value: nested(value),
    })),
  }),
});

const lossJson = ({ data, regularization, total, weightNorms }: Loss): Json => ({
  data,
  regularization,
  total,
  weightNorms: Object.fromEntries(weightNorms.map((norm, l) => [`W${l + 1}`, norm])),
});

function checkJson(check: AuditedCheck, passed: boolean): Record<string, Json> {
  return {
    passed,
    step: check.step,
    tensors: Object.fromEntries(check.tensors.map((tensor) => [tensor.name, checkedJson(tensor)])),
    inconclusive: check.inconclusive.map(inconclusiveJson),
    audit: {
      caught: check.audit.caught,
      total: check.audit.total,
      missed: check.audit.mistakes
        .filter(({ caught }) => !caught)
        .map(({ mistake, layer }) => ({ mistake, layer })),
    },
  };
}

const inconclusiveJson = ({ tensor, index, left, right }: Inconclusive): Json => ({
  tensor,
  index,
  left,
  right,
});

const auditJson = ({ caught, total, mistakes }: Audit): Record<string, Json> => ({
  caught,
  total,
  mistakes: mistakes.map(({ why, explanation, ...mistake }) => ({
    mistake: mistake.mistake,
    layer: mistake.layer,
    caught: mistake.caught,
    tensors: mistake.tensors,
    explanation: why === null ? explanation : `${explanation}; missed because ${why}`,
  })),
});

function functionsJson(checks: readonly FunctionCheck[]): Record<string, Json> {
  const tensor = ({
    value,
    shape,
    numerical,
    errorBar,
    analytic,
    verdict,
    problem,
    inconclusive,
  }: FunctionCheck): Json => ({
    value,
    shape,
    checked: verdict?.checked ?? 0,
    mismatched: verdict?.mismatched ?? (problem === null ? 0 : numerical.length),
    inconclusive: verdict?.inconclusive ?? inconclusive.length,
    maxAbsError: greatest(verdict?.maxAbsError ?? null),
    maxRelError: greatest(verdict?.maxRelError ?? null),
    analytic: analytic && nested({ name: '', shape, data: analytic }),
    numerical: nested({ name: '', shape, data: numerical }),
    errorBar: nested({ name: '', shape, data: errorBar }),
    ...(problem === null ? {} : { problem }),
  });
  return {
    passed: checks.every(({ passed }) => passed),
    tensors: Object.fromEntries(checks.map((check) => [check.name, tensor(check)])),
    inconclusive: checks.flatMap(({ inconclusive }) => inconclusive.map(inconclusiveJson)),
  };
}

function checkedJson(tensor: CheckedTensor): Json {
  const { shape, checked, mismatched, inconclusive, maxAbsError, maxRelError, verdicts } = tensor;
  const whereChecked = (data: Float64Array): Json =>
    nest(shape, (i) => (verdicts[i] === undefined ? null : data[i]!));
  return {
    shape,
    checked,
    mismatched,
    inconclusive,
    maxAbsError: greatest(maxAbsError),
    maxRelError: greatest(maxRelError),
    analytic: nest(shape, (i) => tensor.analytic[i]!),
    numerical: whereChecked(tensor.numerical),
    errorBar: whereChecked(tensor.errorBar),
  };
}

const compareJson = (
  { check, references, consensus, passed }: Comparison,
  logits: Tensor,
): Record<string, Json> => ({
  logits: nested(logits),
  loss: lossJson(check.loss),
  ...checkJson(check, passed),
  references: references.map(referenceJson),
  consensus: consensus && { agree: consensus.agree, odd: consensus.odd },
});

const referenceJson = ({
  name,
  precision,
  passed,
  loss,
  logits,
  tensors,
  hints,
  diagnosis,
  convention,
  where,
  strength,
  printed,
  read,
}: ReferenceVerdict): Json => ({
  name,
  dtype: precision,
  printed,
  passed,
  loss: loss && referenceLossJson(loss),
  logits: logits && referenceTensorJson(logits),
  tensors: Object.fromEntries(tensors.map((tensor) => [tensor.name, referenceTensorJson(tensor)])),
  diagnosis: diagnosis.map(({ mistake, layer, tensors, explanation, equals }) => ({
    mistake,
    layer,
    tensors,
    explanation,
    equals,
  })),
  convention: convention && { options: { ...convention.options }, agrees: convention.agrees },
  where: where.map(({ tensors, explanation }) => ({ tensors, explanation })),
  hints,
  read: read.map(({ from, to, why }) => ({ from, to, why })),
  strength: strength && {
    caught: strength.caught,
    total: strength.total,
    missed: strength.missed.map(({ mistake, layer }) => ({ mistake, layer })),
  },
});

const referenceLossJson = ({ passed, parts }: ReferenceLoss): Json => ({
  passed,
  ...Object.fromEntries(parts.map(({ part, reference }) => [part, reference])),
});

const referenceTensorJson = ({
  mismatched,
  inconclusive,
  maxAbsError,
  maxRelError,
  reference,
  problem,
}: ReferenceTensor): Json => ({
  mismatched,
  inconclusive,
  maxAbsError: greatest(maxAbsError),
  maxRelError: greatest(maxRelError),
  reference: reference && nested(reference),
  ...(problem === null ? {} : { problem }),
});

const greatest = (error: ReferenceTensor['maxAbsError']): Json =>
  error && { value: error.value, index: error.index };

const nested = ({ shape, data }: Tensor): Json => nest(shape, (i) => data[i]!);

/** A tensor as nested arrays. */
function nest(shape: readonly number[], entry: (i: number) => Json, depth = 0, start = 0): Json {
  const length = shape[depth];
  if (length === undefined) return entry(start);
  const stride = shape.slice(depth + 1).reduce((product, size) => product * size, 1);
  return Array.from({ length }, (_, i) => nest(shape, entry, depth + 1, start + i * stride));
}

/**
 * JSON with all digits, indented so that a diff shows which row changed: an array of numbers is one line.
 * Numbers that JSON does not have are written as strings.
 */
export function writeJson(value: Json): string {
  return `${escapeUnprintable(write(value, ''))}\n`;
}

function write(value: Json, indent: string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null))
      return `[${value.map((item) => write(item, '')).join(', ')}]`;
    return `[\n${value.map((item) => inner + write(item, inner)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`).join(',\n')}\n${indent}}`;
}
