/** A JSON document that may be none: an object may have a key twice, and a scalar may be any text. */
export type Tree =
  | { readonly kind: 'object'; readonly entries: readonly Entry[] }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'raw'; readonly text: string };

interface Entry {
  readonly key: string;
  /** how the key is written, quotes included */
  readonly spelling: string;
  readonly value: Tree;
}

export const raw = (text: string): Tree => ({ kind: 'raw', text });

export const entry = (key: string, value: Tree, spelling = JSON.stringify(key)): Entry => ({
  key,
  spelling,
  value,
});

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null)
    return {
      kind: 'object',
      entries: Object.entries(value).map(([key, inner]) => entry(key, treeOf(inner))),
    };
  return raw(JSON.stringify(value));
}

export function textOf(tree: Tree, space = ''): string {
  if (tree.kind === 'raw') return tree.text;
  if (tree.kind === 'array')
    return `[${space}${tree.items.map((item) => textOf(item, space)).join(`,${space}`)}]`;
  const entries = tree.entries.map(({ spelling, value }) => `${spelling}:${space}${textOf(value, space)}`);
  return `{${space}${entries.join(`,${space}`)}}`;
}

/** Whether an object in it, however deep, has a key twice, in whatever spelling. */
export function hasKeyTwice(tree: Tree): boolean {
  if (tree.kind === 'raw') return false;
  if (tree.kind === 'array') return tree.items.some(hasKeyTwice);
  const keys = tree.entries.map(({ key }) => key);
  return new Set(keys).size < keys.length || tree.entries.some(({ value }) => hasKeyTwice(value));
}

/** How many parts it has, itself among them. */
export function sizeOf(tree: Tree): number {
  if (tree.kind === 'raw') return 1;
  const inner = tree.kind === 'array' ? tree.items : tree.entries.map(({ value }) => value);
  return inner.reduce((sum, part) => sum + sizeOf(part), 1);
}

/** What becomes of a part: none, one or several in its place. In an object each may bring a key. */
export type Change = (part: Tree, entry: Entry | undefined) => readonly (Tree | Entry)[];

/** Changes the part of this number, counted from the top, 0, which always stays one. */
export function changed(tree: Tree, number: number, change: Change): Tree {
  if (number === 0) return withoutKey(change(tree, undefined)[0] ?? tree);
  let at = 1;
  /** What becomes of one that stands in another. */
  const becomes = (part: Tree, own: Entry | undefined): readonly (Tree | Entry)[] => {
    const size = sizeOf(part);
    const inside = number - at;
    at += size;
    if (inside < 0 || inside >= size) return [own ?? part];
    if (inside === 0) return change(part, own);
    const value = changed(part, inside, change);
    return [own === undefined ? value : { ...own, value }];
  };
  if (tree.kind === 'array')
    return { ...tree, items: tree.items.flatMap((item) => becomes(item, undefined).map(withoutKey)) };
  if (tree.kind === 'raw') return tree;
  const entries = tree.entries.flatMap((own) =>
    becomes(own.value, own).map((part) => ('kind' in part ? { ...own, value: part } : part)),
  );
  return { ...tree, entries };
}

const withoutKey = (part: Tree | Entry): Tree => ('kind' in part ? part : part.value);
