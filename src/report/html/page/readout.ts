import { INCONCLUSIVE, MISMATCH, nameOf, type Tensor, UNCHECKED } from './cells.ts';

/** What is said of a cell: its name and, of each gradient, a label and a text. */
export interface Reading {
  readonly name: string;
  readonly parts: readonly Part[];
}

interface Part {
  readonly label: string;
  readonly value: string;
  readonly verdict: string;
  readonly kind: 'good' | 'bad' | 'open' | 'dim';
}

export function readingOf(tensor: Tensor, cell: number): Reading {
  const { ours, others } = tensor;
  const own = ours.data[cell]!;
  return {
    name: nameOf(tensor, cell),
    parts: [
      { label: ours.label, value: String(own), verdict: '', kind: 'dim' },
      ...others.map(({ label, data, verdicts, bar }): Part => {
        const [value, verdict] = [data[cell]!, verdicts[cell]!];
        if (verdict === UNCHECKED) return { label, value: '–', verdict: 'not checked', kind: 'dim' };
        const text = tensor.exact || value === own ? String(value) : String(Number(value.toPrecision(8)));
        const margin = bar === undefined ? '' : ` ± ${sized(bar[cell]!)}`;
        return { label, value: `${text}${margin}`, ...judged(verdict, own, value) };
      }),
    ],
  };
}

function judged(verdict: number, own: number, value: number): Pick<Part, 'verdict' | 'kind'> {
  const difference = Math.abs(own - value);
  const relative = difference / Math.max(Math.abs(own), Math.abs(value));
  const off = Number.isFinite(relative) ? `, off by ${sized(difference)} (${percent(relative)})` : '';
  if (verdict === MISMATCH) return { verdict: `mismatch${off}`, kind: 'bad' };
  return verdict === INCONCLUSIVE
    ? { verdict: 'inconclusive', kind: 'open' }
    : { verdict: difference === 0 ? 'equal' : `agrees to ${sized(difference)}`, kind: 'good' };
}

const sized = (value: number): string =>
  value === 0 || !Number.isFinite(value) ? String(value) : value.toExponential(1);

const percent = (relative: number): string =>
  relative >= 0.001 ? `${Number((100 * relative).toPrecision(3))}%` : `${(100 * relative).toExponential(1)}%`;

/** The same in a sentence, for who hears it. */
export const spoken = ({ name, parts }: Reading): string =>
  `${name}: ${parts.map(({ label, value, verdict }) => `${label} ${value}${verdict && `, ${verdict}`}`).join('; ')}`;

const MARKS = { good: '✔', bad: '✖', open: '○', dim: '' } as const;

/** Shows a reading; the place of each part stays, so that the eye can stay there, too. */
export function show(element: HTMLElement, { name, parts }: Reading): void {
  element.replaceChildren(
    made('b', '', name),
    ...parts.map(({ label, value, verdict, kind }) => {
      const part = made('span', 'part', '');
      part.append(
        made('span', 'dim', label),
        ' ',
        made('span', 'value', value),
        ' ',
        made('span', kind, `${MARKS[kind]} ${verdict}`.trim()),
      );
      return part;
    }),
  );
}

/** An element with a text. */
export function made(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.textContent = text;
  return element;
}
