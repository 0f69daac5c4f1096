import fc from 'fast-check';
import { damaged, mutated } from './changes.ts';
import { type Documents, documents } from './documents.ts';
import { lines } from './lines.ts';
import { hasKeyTwice, textOf, treeOf } from './tree.ts';

/** One input to the command: files, a command line, standard input. */
export interface Case {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  /** the names of the files that have a key twice, which must be noticed wherever they are read */
  readonly twice: readonly string[];
}

const SPACES = ['', '', ' ', '\n  ', '\r\n\t'];

/** A document, changed somewhat and damaged seldom. */
function written(document: unknown): fc.Arbitrary<{ bytes: Uint8Array; isTwice: boolean }> {
  return fc
    .record({
      tree: fc.oneof(fc.constant(treeOf(document)), mutated(document)),
      space: fc.constantFrom(...SPACES),
      start: STARTS,
    })
    .chain(({ tree, space, start }) => {
      const bytes = Buffer.from(start + textOf(tree, space));
      return fc.oneof(
        { weight: 6, arbitrary: fc.constant({ bytes, isTwice: hasKeyTwice(tree) }) },
        { weight: 1, arbitrary: damaged(bytes).map((other) => ({ bytes: other, isTwice: false })) },
      );
    });
}

const STARTS = fc.oneof(
  { weight: 20, arbitrary: fc.constant('') },
  fc.constantFrom('\uFEFF', ' \n', '// none\n', '\u0000'),
);

/** A config that may name a reference, which it may hold. */
const withReference = ({ config, reference }: Documents): fc.Arbitrary<unknown> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      fc.constantFrom<unknown>(
        'theirs.json',
        'theirs.npz',
        ['theirs.json', reference],
        reference,
        reference.gradients,
        '/dev/stdin',
        '.',
      ),
    )
    .map((named) => (named === undefined ? config : { ...config, reference: named }));

const orDamaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(bytes) }, damaged(bytes));

const filesOf = (given: Documents): fc.Arbitrary<Omit<Case, 'args'>> =>
  fc
    .record({
      net: withReference(given).chain(written),
      other: written(given.config),
      theirs: written(given.reference),
      npz: orDamaged(given.npz),
      safetensors: orDamaged(given.safetensors),
      gradients: orDamaged(given.gradients),
      npy: orDamaged(given.npy),
    })
    .map(({ net, other, theirs, npz, safetensors, gradients, npy }) => ({
      files: {
        'net.json': net.bytes,
        'other.json': other.bytes,
        'theirs.json': theirs.bytes,
        'net.npz': npz,
        'net.safetensors': safetensors,
        'theirs.npz': gradients,
        'w.npy': npy,
      },
      stdin: other.bytes,
      twice: [
        ...(net.isTwice ? ['net.json'] : []),
        ...(other.isTwice ? ['other.json', '-'] : []),
        ...(theirs.isTwice ? ['theirs.json'] : []),
      ],
    }));

/** Inputs of every kind, most of them almost right. */
export const cases: fc.Arbitrary<Case> = fc
  .record({ given: documents, args: lines })
  .chain(({ given, args }) => filesOf(given).map((files) => ({ ...files, args })));
