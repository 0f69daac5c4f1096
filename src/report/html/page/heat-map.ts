import { cellOf, readTensor, type Tensor } from './cells.ts';
import { DARK, LIGHT } from './colours.ts';
import { type Legend, legendsOf } from './legend.ts';
import { Panel, sizeFor } from './panel.ts';
import { made, readingOf, show, spoken } from './readout.ts';
import { differenceScale, differencesOf, valueScale, valuesOf } from './scales.ts';

const isDark = window.matchMedia('(prefers-color-scheme: dark)');

/** How long the keys must rest until a cell is told to who hears the page. */
const REST = 150;

/** How wide a map may be, and that maps are set side by side as long as each has so much. */
const MOST = 460;
const LEAST = 250;
const GAP = 28;

/** All maps of a tensor, with one cursor for all of them. */
export class HeatMap {
  readonly #tensor: Tensor;
  readonly #panels: readonly Panel[];
  readonly #legends: readonly Legend[];
  readonly #box = made('div', 'panels', '');
  readonly #readout = made('p', 'readout', '');
  readonly #live = made('p', 'heard', '');
  #cursor = 0;
  #rest: number | undefined;
  #width = 0;

  constructor(element: HTMLElement) {
    this.#tensor = readTensor(element.querySelector('script')!.textContent);
    const { ours, others, wrong } = this.#tensor;
    const values = valuesOf(this.#tensor);
    const differences = differencesOf(this.#tensor);
    this.#cursor = wrong[0] ?? 0;
    const columns = [
      [new Panel(ours.label, this.#tensor, valueScale(ours.data, values))],
      ...others.map((other) => [
        new Panel(other.label, this.#tensor, valueScale(other.data, values, other.verdicts), other.verdicts),
        new Panel(
          `|${ours.label} − ${other.label}|`,
          this.#tensor,
          differenceScale(ours.data, other, differences),
          other.verdicts,
          true,
        ),
      ]),
    ];
    this.#panels = columns.flat();
    this.#legends = legendsOf(values, differences, wrong.length > 0);
    this.#build(element, columns);
    for (const panel of this.#panels)
      panel.listen((cell, isPressed) => {
        if (isPressed) this.go(cell ?? this.#cursor);
        else this.#point(cell ?? this.#cursor);
      });
    new ResizeObserver(() => this.#draw()).observe(this.#box);
    isDark.addEventListener('change', () => this.#draw(true));
    this.#point(this.#cursor);
  }

  /** A gradient a column, its values above its differences. */
  #build(element: HTMLElement, columns: readonly (readonly Panel[])[]): void {
    for (const panels of columns) {
      const column = made('div', 'column', '');
      column.append(...panels.map((panel) => panel.element));
      this.#box.append(column);
    }
    const box = this.#box;
    box.tabIndex = 0;
    box.setAttribute('role', 'application');
    box.setAttribute('aria-roledescription', 'heat map');
    box.setAttribute('aria-label', `Heat maps of ${this.#tensor.name}`);
    box.setAttribute('aria-describedby', 'keys');
    box.addEventListener('keydown', (event) => this.#press(event));
    box.addEventListener('focus', () => this.#say());
    this.#live.setAttribute('aria-live', 'polite');
    element.append(this.#legendLine(), box, this.#readout, this.#tools(), this.#live);
  }

  #legendLine(): HTMLElement {
    const line = made('div', 'legends dim', '');
    line.append(...this.#legends.map((legend) => legend.element));
    return line;
  }

  /** What the mouse can press, and a reader find. */
  #tools(): HTMLElement {
    const tools = made('div', 'tools', '');
    const { wrong } = this.#tensor;
    if (wrong.length === 0) return tools;
    const button = (text: string, step: 1 | -1): HTMLElement => {
      const one = made('button', '', text);
      one.setAttribute('type', 'button');
      one.addEventListener('click', () => this.#toWrong(step));
      return one;
    };
    const count = `${wrong.length} wrong ${wrong.length === 1 ? 'cell' : 'cells'}`;
    tools.append(
      button('Previous wrong entry', -1),
      button('Next wrong entry', 1),
      made('span', 'dim', count),
    );
    return tools;
  }

  /** Moves the cursor to a cell. */
  go(cell: number): void {
    this.#cursor = cell;
    this.#point(cell);
    this.#say();
  }

  /** Moves the cursor to an entry, and the focus here. */
  goToEntry(entry: number): void {
    this.go(cellOf(this.#tensor, entry));
    this.#box.scrollIntoView({ block: 'center' });
    this.#box.focus({ preventScroll: true });
  }

  #point(cell: number): void {
    for (const panel of this.#panels) panel.point(cell);
    show(this.#readout, readingOf(this.#tensor, cell));
  }

  #say(): void {
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#live.textContent = spoken(readingOf(this.#tensor, this.#cursor));
    }, REST);
  }

  #toWrong(step: 1 | -1): void {
    const { wrong } = this.#tensor;
    const next =
      step === 1
        ? (wrong.find((cell) => cell > this.#cursor) ?? wrong[0])
        : (wrong.findLast((cell) => cell < this.#cursor) ?? wrong.at(-1));
    if (next !== undefined) this.go(next);
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    if (!event.ctrlKey && (event.key === 'n' || event.key === 'p')) {
      this.#toWrong(event.key === 'n' ? 1 : -1);
    } else {
      const cell = moved(this.#tensor, this.#cursor, event);
      if (cell === undefined) return;
      this.go(cell);
    }
    event.preventDefault();
  }

  /** @param again even where nothing has changed its size */
  #draw(again = false): void {
    const width = this.#box.clientWidth;
    if (width === 0 || (width === this.#width && !again)) return;
    this.#width = width;
    const palette = isDark.matches ? DARK : LIGHT;
    const columns = this.#tensor.others.length + 1;
    const beside = (width - (columns - 1) * GAP) / columns; // where all stand side by side
    const most = Math.min(width, Math.max(LEAST, Math.min(MOST, beside)));
    const size = sizeFor(this.#tensor, Math.floor(most));
    for (const panel of this.#panels) panel.draw(size, palette);
    for (const legend of this.#legends) legend.draw(palette);
    this.#point(this.#cursor);
  }
}

/** Where a key leads. */
function moved({ rows, cols }: Tensor, cell: number, { key, ctrlKey }: KeyboardEvent): number | undefined {
  const [row, col] = [Math.floor(cell / cols), cell % cols];
  const at = (r: number, c: number): number =>
    Math.min(rows - 1, Math.max(0, r)) * cols + Math.min(cols - 1, Math.max(0, c));
  switch (key) {
    case 'ArrowUp':
      return at(row - 1, col);
    case 'ArrowDown':
      return at(row + 1, col);
    case 'ArrowLeft':
      return at(row, col - 1);
    case 'ArrowRight':
      return at(row, col + 1);
    case 'PageUp':
      return at(row - 10, col);
    case 'PageDown':
      return at(row + 10, col);
    case 'Home':
      return at(ctrlKey ? 0 : row, 0);
    case 'End':
      return at(ctrlKey ? rows - 1 : row, cols - 1);
    default:
      return undefined;
  }
}
