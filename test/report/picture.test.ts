import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { drawPicture } from '../../src/report/picture.ts';
import { makeStyle } from '../../src/report/style.ts';

/** A picture of a tensor of which some entries are wrong, by so much. */
function picture(
  [rows, cols]: [number, number],
  off: (i: number, j: number) => number,
  width = 80,
  style = makeStyle(false),
): string {
  const places = [...Array(rows * cols).keys()];
  const offs = places.map((place) => off(Math.floor(place / cols), place % cols));
  return drawPicture(
    {
      shape: [rows, cols],
      verdicts: offs.map((d) => (d === 0 ? 'agree' : 'mismatch')),
      right: new Float64Array(rows * cols).fill(1),
      given: Float64Array.from(offs, (d) => 1 + d),
    },
    { style, width },
  );
}

const marked = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -2)
    .map((line) => line.trimStart().split(' ')[1] as string);

describe('a picture shows', () => {
  test('a tile in half blocks, with its scale', () => {
    expect(
      picture([48, 96], (i, j) => (i >= 16 && i < 30 && j >= 32 && j < 64 ? 0.05 : 0)),
    ).toMatchInlineSnapshot(`
      " 0 ················································
       4 ················································
       8 ················································
      12 ················································
      16 ················████████████████················
      20 ················████████████████················
      24 ················████████████████················
      28 ················▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀················
      32 ················································
      36 ················································
      40 ················································
      44 ················································
         0               32              64
      each half block 2 × 2 entries, █ wrong, · right"
    `);
  });

  test('scattered entries in shades of their share', () => {
    const text = picture([64, 128], (i, j) =>
      j < 64 ? ((i + j) % 4 === 0 ? 1 : 0) : (i + j) % 4 !== 0 ? 1 : 0,
    );
    expect(marked(text).every((line) => /^░+▓+$/.test(line))).toBe(true);
    expect(text).toMatch(/wrong in it: ░ up to a quarter/);
  });

  test('the size of the error, where all are wrong', () => {
    const text = picture([64, 64], (i) => [1, 0.2, 0.02, 0.002][Math.floor(i / 16)]!);
    expect([...new Set(marked(text).map((line) => line[0]))]).toEqual(['█', '▓', '▒', '░']);
    expect(text).toMatch(/error beside the largest/);
  });

  test.each([40, 80, 200])('nothing wider than a terminal of %i columns, in at most 14 lines', (width) => {
    for (const sizes of [
      [256, 784],
      [1, 5000],
      [5000, 1],
      [50, 30],
    ] as [number, number][]) {
      const lines = picture(sizes, (i, j) => (i + j) % 7, width).split('\n');
      expect(lines.length).toBeLessThanOrEqual(14);
      expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  test('the same with colours', () => {
    const off = (i: number): number => (i === 3 ? 1 : 0);
    const coloured = picture([48, 96], off, 80, makeStyle(true));
    expect(stripVTControlCharacters(coloured)).toBe(picture([48, 96], off));
    expect(coloured).toContain('\u001b[31m');
  });
});
