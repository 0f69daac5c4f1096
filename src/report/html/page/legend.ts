import { colourOf, type Palette, type Rgb } from './colours.ts';
import { made } from './readout.ts';
import type { Differences, Values } from './scales.ts';

/** The colours of a bar, from t = 0 to 1. */
type Colours = (t: number, palette: Palette) => Rgb;

/** What colours mean: a bar between two texts. */
export class Legend {
  readonly element = made('span', 'legend', '');
  readonly #canvas = document.createElement('canvas');
  readonly #colours: Colours;

  constructor(low: string, high: string, colours: Colours) {
    this.#colours = colours;
    [this.#canvas.width, this.#canvas.height] = [120, 10];
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.element.append(made('span', '', low), this.#canvas, made('span', '', high));
  }

  draw(palette: Palette): void {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext('2d')!;
    for (let x = 0; x < width; x++) {
      const [r, g, b] = this.#colours(x / (width - 1), palette);
      context.fillStyle = `rgb(${r}, ${g}, ${b})`;
      context.fillRect(x, 0, 1, height);
    }
  }
}

/** The legends that a tensor needs. */
export function legendsOf(
  { most, beyond }: Values,
  differences: Differences | undefined,
  isWrong: boolean,
): Legend[] {
  const end = most.toPrecision(3);
  const values = new Legend(`value −${end}`, `${end}${beyond ? ' and beyond' : ''}`, (t, palette) =>
    t < 0.5 ? colourOf(palette.negative, 1 - 2 * t) : colourOf(palette.positive, 2 * t - 1),
  );
  if (differences === undefined) return [values];
  const { least, most: largest } = differences;
  return [
    values,
    new Legend(`difference 1e${least}`, `1e${largest}`, (t, { agree }) => colourOf(agree, t)),
    ...(isWrong ? [new Legend('wrong', '✖', (t, { mismatch }) => colourOf(mismatch, t))] : []),
  ];
}
