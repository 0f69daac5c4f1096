import { cut, printable } from './printable.ts';

/** How wide a column's head may make it. */
const WIDEST = 24;
/** How much of any other name is shown: those of networks, of functions, of tensors that a reference should not have. */
const MOST_OF_A_NAME = 60;

/**
 * What references are called in columns: their paths without folders and .json, cut to fit, and told apart
 * where that leaves two alike.
 */
export function labelsOf(names: readonly string[]): string[] {
  const short = names.map(shorten);
  const alike = (i: number): boolean => short.some((label, j) => j !== i && label === short[i]);
  return numbered(names.map((name, i) => (alike(i) ? fromTheEnd(name) : (short[i] as string))));
}

/** Names as they are shown, long ones cut in the middle, and told apart where that leaves two alike. */
export const shownNames = (names: readonly string[]): string[] =>
  numbered(names.map((name) => printable(cut(name, MOST_OF_A_NAME))));

/** `a`, `a`, `b` → `a`, `a #2`, `b` */
function numbered(labels: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return labels.map((label) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 ? label : `${label} #${count}`;
  });
}

/** A path from the root: what begins like that and is a command does not end like one. */
const FILE = /^([/\\]|[A-Za-z]:[/\\]).*\.(json|npz|npy|safetensors)$/;

/** `python3 fixtures/numpy_net.py` → `python3 numpy_net.py`, `nets/golden.json` → `golden` */
function shorten(name: string): string {
  // Spaces part the words of a command; in the path of a file, and in quotes, they are as good as any letter.
  const words = (FILE.test(name) ? [name] : wordsOf(name)).map((word) => word.split(/[\\/]/).at(-1) || word);
  const label = words.join(' ').replace(/\.json$/, '');
  return label.length <= WIDEST ? label : `${label.slice(0, WIDEST - 1)}…`;
}

/** The words of a command, without the quotes around some. */
const wordsOf = (command: string): string[] =>
  (command.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [command]).map(
    (word) => /^(["'])([^"']*)\1$/.exec(word)?.[2] ?? word,
  );

const fromTheEnd = (name: string): string => (name.length <= WIDEST ? name : `…${name.slice(1 - WIDEST)}`);
