import { MISMATCH, type Tensor } from './cells.ts';
import { colourOf, type Palette } from './colours.ts';
import type { Scale } from './scales.ts';

/** How large a map is on the page, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const LARGEST_CELL = 34;
const TALLEST = 440;
const THINNEST = 22;
const NARROWEST = 120;

/** Square cells, as large as fit; a map that is much longer than wide is stretched. */
export function sizeFor({ rows, cols }: Tensor, width: number): Size {
  const cell = Math.min(LARGEST_CELL, width / cols, TALLEST / rows);
  return {
    width: Math.round(Math.min(width, Math.max(cell * cols, Math.min(NARROWEST, cols * LARGEST_CELL)))),
    height: Math.round(Math.min(TALLEST, Math.max(cell * rows, Math.min(THINNEST, rows * LARGEST_CELL)))),
  };
}

/** One map of a tensor, with a ring around the cell that the cursor is on. */
export class Panel {
  readonly element: HTMLElement;
  readonly #tensor: Tensor;
  readonly #scale: Scale;
  readonly #verdicts: Uint8Array | undefined;
  readonly #dots: boolean;
  readonly #canvas = document.createElement('canvas');
  readonly #ring = document.createElement('div');
  #size: Size = { width: 1, height: 1 };

  /**
   * @param verdicts of the map, whose wrong cells are crossed where there is room
   * @param dots whether they are marked even where that hides what is beside them
   */
  constructor(title: string, tensor: Tensor, scale: Scale, verdicts?: Uint8Array, dots = false) {
    this.#tensor = tensor;
    this.#scale = scale;
    this.#verdicts = verdicts;
    this.#dots = dots;
    this.element = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = title;
    const frame = document.createElement('div');
    frame.className = 'frame';
    this.#ring.className = 'ring';
    this.#canvas.setAttribute('aria-hidden', 'true');
    frame.append(this.#canvas, this.#ring);
    this.element.append(caption, frame);
  }

  draw(size: Size, palette: Palette): void {
    this.#size = size;
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    const context = canvas.getContext('2d')!;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#picture(canvas.width, canvas.height, palette), 0, 0, canvas.width, canvas.height);
    this.#mark(context, palette, ratio);
  }

  /** A pixel for each cell, or where there are fewer pixels the strongest of the cells that share one. */
  #picture(width: number, height: number, palette: Palette): HTMLCanvasElement {
    const { rows, cols } = this.#tensor;
    const [w, h] = [Math.min(cols, width), Math.min(rows, height)];
    const seen = strongest(this.#scale, { rows, cols }, { w, h });
    const image = new ImageData(w, h);
    for (let pixel = 0; pixel < w * h; pixel++) {
      const [r, g, b] = this.#scale.colour(seen[pixel]!, palette);
      image.data.set([r, g, b, 255], 4 * pixel);
    }
    const picture = document.createElement('canvas');
    [picture.width, picture.height] = [w, h];
    picture.getContext('2d')!.putImageData(image, 0, 0);
    return picture;
  }

  /** Wrong cells are crossed; what is too small for a cross is a dot that shows, and where there are few framed. */
  #mark(context: CanvasRenderingContext2D, palette: Palette, ratio: number): void {
    const { rows, cols } = this.#tensor;
    const [w, h] = [context.canvas.width / cols, context.canvas.height / rows];
    const cell = Math.min(w, h);
    const hasRoom = cell >= 9 * ratio;
    if (this.#verdicts === undefined || (!hasRoom && !this.#dots)) return;
    const wrong = [...this.#verdicts.keys()].filter((i) => this.#verdicts![i] === MISMATCH);
    const each = (draw: (x: number, y: number) => void): void => {
      for (const i of wrong) draw(((i % cols) + 0.5) * w, (Math.floor(i / cols) + 0.5) * h);
    };
    context.lineWidth = 1.5 * ratio;
    if (hasRoom) {
      context.strokeStyle = palette.mark;
      each((x, y) => cross(context, x, y, cell / 5));
      return;
    }
    const [r, g, b] = colourOf(palette.mismatch, 0.5);
    context.fillStyle = context.strokeStyle = `rgb(${r}, ${g}, ${b})`;
    const dot = Math.max(cell, 3 * ratio);
    const frame = dot + 7 * ratio;
    if (cell < dot && wrong.length <= MOST_DOTS)
      each((x, y) => context.fillRect(x - dot / 2, y - dot / 2, dot, dot));
    if (wrong.length <= MOST_FRAMES)
      each((x, y) => context.strokeRect(x - frame / 2, y - frame / 2, frame, frame));
  }

  /** Puts the ring around a cell. */
  point(cell: number): void {
    const { rows, cols } = this.#tensor;
    const [w, h] = [this.#size.width / cols, this.#size.height / rows];
    const [width, height] = [Math.max(w, 8), Math.max(h, 8)];
    const { style } = this.#ring;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transform = `translate(${((cell % cols) + 0.5) * w - width / 2}px, ${(Math.floor(cell / cols) + 0.5) * h - height / 2}px)`;
  }

  /** Calls back with the cell under the pointer, and with undefined when it leaves. */
  listen(onPoint: (cell: number | undefined, isPressed: boolean) => void): void {
    const canvas = this.#canvas;
    const cellAt = ({ offsetX, offsetY }: PointerEvent): number => {
      const { rows, cols } = this.#tensor;
      const at = (offset: number, length: number, count: number): number =>
        Math.min(count - 1, Math.max(0, Math.floor((offset / length) * count)));
      return at(offsetY, this.#size.height, rows) * cols + at(offsetX, this.#size.width, cols);
    };
    canvas.addEventListener('pointermove', (event) => onPoint(cellAt(event), false));
    canvas.addEventListener('pointerdown', (event) => onPoint(cellAt(event), true));
    canvas.addEventListener('pointerleave', () => onPoint(undefined, false));
  }
}

const MOST_FRAMES = 40;
const MOST_DOTS = 20_000;

function cross(context: CanvasRenderingContext2D, x: number, y: number, arm: number): void {
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}

/** Which cell each pixel shows. */
function strongest(
  scale: Scale,
  { rows, cols }: { readonly rows: number; readonly cols: number },
  { w, h }: { readonly w: number; readonly h: number },
): Uint32Array {
  const seen = new Uint32Array(w * h);
  if (w === cols && h === rows) return seen.map((_, i) => i);
  const best = new Float64Array(w * h).fill(-1);
  for (let row = 0; row < rows; row++) {
    const above = Math.floor((row * h) / rows) * w;
    for (let col = 0; col < cols; col++) {
      const pixel = above + Math.floor((col * w) / cols);
      const strength = scale.strength(row * cols + col);
      if (strength <= best[pixel]!) continue;
      best[pixel] = strength;
      seen[pixel] = row * cols + col;
    }
  }
  return seen;
}
