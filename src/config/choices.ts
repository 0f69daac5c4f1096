import { nearest } from './keys.ts';

/** What people who come from elsewhere call the same thing. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  // activations and outputs
  ['linear', 'identity'],
  ['none', 'identity'],
  ['logistic', 'sigmoid'],
  ['swish', 'silu'],
  ['lrelu', 'leaky-relu'],
  ['gelu-new', 'gelu-tanh'],
  ['gelu-approximate', 'gelu-tanh'],
  // losses
  ['mse', 'squared-error'],
  ['mean-squared-error', 'squared-error'],
  ['sse', 'squared-error'],
  ['l2', 'squared-error'],
  ['half-mse', 'half-squared-error'],
  ['ce', 'cross-entropy'],
  ['bce', 'cross-entropy'],
  ['binary-cross-entropy', 'cross-entropy'],
  ['binary-crossentropy', 'cross-entropy'],
  ['categorical-cross-entropy', 'cross-entropy'],
  ['categorical-crossentropy', 'cross-entropy'],
  ['log-loss', 'cross-entropy'],
  ['nll', 'cross-entropy'],
  ['svm', 'hinge'],
  ['multi-margin', 'hinge'],
  // reductions
  ['average', 'mean'],
  ['batchmean', 'mean'],
  // biases
  ['false', 'none'],
  ['true', 'separate'],
]);

/** The choice that a value which is none was probably meant to be. */
export function choiceMeant(value: unknown, choices: readonly string[]): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  const word = String(value).toLowerCase().replaceAll(/[_ ]/g, '-');
  const synonym = SYNONYMS.get(word);
  return synonym !== undefined && choices.includes(synonym) ? synonym : nearest(word, choices);
}

/** `; did you mean relu?`, or nothing. */
export function choiceHint(value: unknown, choices: readonly string[]): string {
  const meant = choiceMeant(value, choices);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
