import type { Problem } from '../config/problem.ts';
import { isCanonical, type Layout, orientSamples } from '../core/layout.ts';
import type { Loss } from '../core/loss.ts';
import type { Network, Tensor } from '../core/network.ts';
import type { Backprop, Forward, Outputs } from '../core/results.ts';
import type { FunctionCheck } from '../gradcheck/functions.ts';
import { type Audit, blindSpots } from '../mistakes/audit.ts';
import type { BackwardStep } from '../mistakes/backward.ts';
import type { AuditedCheck } from '../mistakes/strength.ts';
import type { Comparison } from '../reference/compare.ts';
import { drawAudit, drawStrength } from './audit.ts';
import { drawBackward } from './backward.ts';
import { drawFunction } from './functions.ts';
import { labelsOf, shownNames } from './labels.ts';
import { drawTensor, drawTitle, formatShape } from './layout.ts';
import { drawGradients, drawLogits } from './matrices.ts';
import { drawInconclusive, drawWorst, drawWorstEntries } from './mismatches.ts';
import { describeLogits, describeOutputs, drawHeader, drawLoss } from './network.ts';
import { drawPictures } from './picture.ts';
import { drawPredictions } from './predictions.ts';
import { printable } from './printable.ts';
import type { Concluded } from './screen/findings.ts';
import { drawScreen } from './screen/screen.ts';
import { drawSummary } from './sections.ts';
import type { ReportOptions, Strictness } from './style.ts';

/** What a command computed for one config. */
export type Outcome =
  | { readonly command: 'forward'; readonly result: Forward }
  | { readonly command: 'loss'; readonly result: Loss }
  | {
      readonly command: 'backprop';
      readonly result: Backprop;
      /** the backward pass step by step, where it was asked for */
      readonly steps?: readonly BackwardStep[];
    }
  | { readonly command: 'gradcheck'; readonly result: AuditedCheck }
  | { readonly command: 'compare'; readonly result: Comparison }
  | { readonly command: 'audit'; readonly result: Audit };

/** What became of one input, a config or a module. */
export type Report = NetworkReport | FunctionsReport;

interface NetworkReport {
  /** as the user named it */
  readonly config: string;
  readonly problem: Problem;
  readonly outcome: Outcome;
}

/** The checked functions of a module. */
interface FunctionsReport {
  readonly config: string;
  readonly functions: readonly FunctionCheck[];
}

/** Whether everything that was checked agrees; under --strict an audit must not find a blind spot, either. */
export function hasPassed(report: Report, { strict, allow }: Strictness): boolean {
  if ('functions' in report) return report.functions.every(({ passed }) => passed);
  const { outcome } = report;
  if (outcome.command === 'audit') return !strict || blindSpots(outcome.result, allow).length === 0;
  return 'passed' in outcome.result ? outcome.result.passed : true;
}

/** The report of one input as text for a terminal. */
export function formatTable(report: Report, options: ReportOptions): string {
  if ('functions' in report)
    return report.functions.flatMap((check) => drawFunction(check, options)).join('\n\n');
  const { config, problem, outcome } = report;
  const header = drawHeader(problem.name ?? config, problem.network, options);
  return [header, ...sections(outcome, problem, options)].join('\n\n');
}

/** What came of several inputs. */
export interface Tally {
  readonly passed: boolean;
  readonly agreed: number;
  readonly inputs: number;
  /** whether fcnet's own engine is all that some of them were checked against */
  readonly alone: boolean;
}

/** Whether fcnet's own engine is all that was checked. */
export function isAlone(report: Report): boolean {
  if ('functions' in report) return false;
  const { outcome } = report;
  return outcome.command === 'compare'
    ? outcome.result.references.length === 0
    : outcome.command === 'gradcheck';
}

function sections(outcome: Outcome, problem: Problem, options: ReportOptions): string[] {
  switch (outcome.command) {
    case 'forward':
      return [...outputs(outcome.result, problem, options), ...drawPredictions(outcome.result, options)];
    case 'loss':
      return [drawLoss(outcome.result, problem.network, options)];
    case 'backprop':
      return [
        ...outputs(outcome.result, problem, options),
        drawLoss(outcome.result.loss, problem.network, options),
        ...drawBackward(outcome.steps ?? [], problem.layout, options),
        ...gradients(outcome, problem).map((tensor) =>
          titled(tensor.name, formatShape(tensor.shape), drawTensor(tensor, options), options),
        ),
      ];
    case 'gradcheck':
      return check(outcome.result, problem, options);
    case 'compare':
      return comparison(outcome.result, problem, options);
    case 'audit':
      return drawAudit(outcome.result, options);
  }
}

/** Step by step the gradients stand among the steps, unless the config has them in another layout. */
const gradients = (
  { result, steps }: Extract<Outcome, { command: 'backprop' }>,
  { layout }: Problem,
): readonly Tensor[] => (steps !== undefined && isCanonical(layout) ? [] : result.gradients);

function outputs({ logits, outputs: y }: Outputs, problem: Problem, options: ReportOptions): string[] {
  return [
    drawOutput(logits, describeLogits(problem.network), problem, options),
    drawOutput(y, describeOutputs(problem.network), problem, options),
  ];
}

function drawOutput(
  tensor: Tensor,
  what: string,
  { layout, network }: Problem,
  options: ReportOptions,
): string {
  const note = `${whatLies(what, layout, network)}, ${formatShape(tensor.shape)}`;
  return titled(tensor.name, note, drawTensor(tensor, options), options);
}

/** `z before softmax, class × sample` */
function whatLies(what: string, layout: Layout, network: Network): string {
  const unit = network.output === 'softmax' || network.loss === 'hinge' ? 'class' : 'output';
  return `${what}, ${layout.samples === 'rows' ? `sample × ${unit}` : `${unit} × sample`}`;
}

const titled = (title: string, note: string, body: string, options: ReportOptions): string =>
  `${drawTitle(title, note, options)}\n${body}`;

function check(result: AuditedCheck, problem: Problem, options: ReportOptions): string[] {
  const logits = orientSamples('logits', result.pass.logits, problem.layout);
  const concluded: Concluded = {
    check: result,
    references: [],
    consensus: null,
    passed: result.passed,
    logits,
  };
  return [
    drawLoss(result.loss, result.pass.network, options),
    ...result.tensors.map((tensor) => drawGradients(tensor, [], options)),
    drawSummary(result, [], options),
    ...drawWorst(result, options),
    ...ending(concluded, options),
  ];
}

function comparison(compared: Comparison, problem: Problem, options: ReportOptions): string[] {
  const { check: result, references } = compared;
  const logits = orientSamples('logits', result.pass.logits, problem.layout);
  const concluded: Concluded = { ...compared, logits };
  return [
    drawLogits(
      logits,
      whatLies(describeLogits(problem.network), problem.layout, problem.network),
      references,
      options,
    ),
    drawLoss(result.loss, result.pass.network, options),
    ...result.tensors.flatMap((tensor) => [
      drawGradients(tensor, references, options),
      ...drawPictures(tensor, references, options),
    ]),
    drawSummary(result, references, options),
    ...drawWorstEntries(concluded, options),
    ...ending(concluded, options),
  ];
}

/** Without a word in green: it stands in a run that fails. */
const unstressed = (options: ReportOptions): ReportOptions => {
  const { dim } = options.style;
  return { ...options, style: { ...options.style, good: dim, open: dim } };
};

/** What a check ends with: entries that it leaves open, its strength where it fails, and the verdict. */
function ending(concluded: Concluded, options: ReportOptions): string[] {
  const { check: result, passed } = concluded;
  return [
    ...drawInconclusive(result, options),
    ...(passed || result.tensors.length === 0 ? [] : [drawStrength(result.audit, unstressed(options))]),
    drawScreen(concluded, result.pass.network, options),
  ];
}

/** A report as it is shown: without control characters in the names, which are short and differ. */
export function printableReport(report: Report): Report {
  const config = printable(report.config);
  if ('functions' in report) return { config, functions: named(report.functions).map(withOwnName) };
  const { outcome } = report;
  const [name] = shownNames(report.problem.name === undefined ? [] : [report.problem.name]);
  const problem = { ...report.problem, name };
  if (outcome.command !== 'compare') return { config, problem, outcome };
  const { references, consensus } = outcome.result;
  const names = references.map(({ name }) => name);
  const labels = labelsOf(names.map(printable));
  const labelOf = (name: string): string => labels[names.indexOf(name)] ?? name;
  const result: Comparison = {
    ...outcome.result,
    references: references.map((reference, i) => ({
      ...reference,
      name: labels[i] as string,
      tensors: named(reference.tensors),
      hints: reference.hints.map(printable),
    })),
    consensus: consensus && { agree: consensus.agree.map(labelOf), odd: consensus.odd.map(labelOf) },
  };
  return { config, problem, outcome: { command: 'compare', result } };
}

/** Things with their names as they are shown. */
function named<T extends { readonly name: string }>(things: readonly T[]): T[] {
  const names = shownNames(things.map(({ name }) => name));
  return things.map((thing, i) => ({ ...thing, name: names[i] as string }));
}

/** What is listed of a function is called as it is. */
const withOwnName = (check: FunctionCheck): FunctionCheck => ({
  ...check,
  inconclusive: check.inconclusive.map((entry) => ({ ...entry, tensor: check.name })),
});
