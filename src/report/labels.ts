/** How wide a column's head may make it. */
const WIDEST = 24;

/**
 * What references are called in columns: their paths without folders and .json, cut to fit, and told apart
 * where that leaves two alike.
 */
export function labelsOf(names: readonly string[]): string[] {
  const short = names.map(shorten);
  const alike = (i: number): boolean => short.some((label, j) => j !== i && label === short[i]);
  const told = names.map((name, i) => (alike(i) ? fromTheEnd(name) : (short[i] as string)));
  return told.map((label, i) => {
    const before = told.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} #${before + 1}`;
  });
}

/** `python3 fixtures/numpy_net.py` → `python3 numpy_net.py`, `nets/golden.json` → `golden` */
function shorten(name: string): string {
  const words = name.split(' ').map((word) => word.split(/[\\/]/).at(-1) || word);
  const label = words.join(' ').replace(/\.json$/, '');
  return label.length <= WIDEST ? label : `${label.slice(0, WIDEST - 1)}…`;
}

const fromTheEnd = (name: string): string => (name.length <= WIDEST ? name : `…${name.slice(1 - WIDEST)}`);
