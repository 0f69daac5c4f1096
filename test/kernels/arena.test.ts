import { expect, test } from 'vitest';
import { Arena } from '../../src/kernels/arena.ts';

const buffer = new ArrayBuffer(8 * 1000);
const arenaOf = (): Arena => new Arena(buffer, 8 * 100);

/** From where to where an array lies, in numbers of the buffer. */
const span = ({ byteOffset, length }: Float64Array): [from: number, to: number] => [
  byteOffset / 8,
  byteOffset / 8 + length,
];

test('arrays lie behind its beginning, one behind the other, each with room for four numbers at a time', () => {
  const arena = arenaOf();
  const spans = [10, 4, 1, 300].map((length) => span(arena.room(length)!));
  expect(spans).toEqual([
    [100, 110],
    [112, 116],
    [116, 117],
    [120, 420],
  ]);
});

test('what is taken back is handed out again, and nothing that somebody has', () => {
  const arena = arenaOf();
  const [a, b, c] = [arena.room(50)!, arena.room(50)!, arena.room(50)!];
  expect(arena.takesBack(a)).toBe(true);
  expect(arena.room(50)).toBe(a);
  expect(arena.takesBack(b)).toBe(true);
  expect(arena.takesBack(c)).toBe(true);
  const again = [arena.room(50), arena.room(50), arena.room(50)];
  expect(again.slice(0, 2)).toEqual(expect.arrayContaining([b, c]));
  expect([a, b, c]).not.toContain(again[2]);
  arena.takeBackAll();
  expect(new Set([1, 2, 3, 4].map(() => arena.room(50)))).toEqual(new Set([a, b, c, again[2]]));
});

test('it knows its own arrays from others, also from those that lie at the same place', () => {
  const arena = arenaOf();
  const own = arena.room(20)!;
  const others = [new Float64Array(20), new Float64Array(buffer, own.byteOffset, 20), own.subarray(0, 10)];
  expect(arena.placeOf(own)).toBe(own.byteOffset);
  for (const other of others) {
    expect(arena.placeOf(other)).toBeUndefined();
    expect(arena.takesBack(other)).toBe(false);
  }
});

test('what has no room is refused, and the next time there is room for other lengths', () => {
  const arena = arenaOf();
  const old = arena.room(800)!;
  expect(arena.room(101)).toBeUndefined();
  expect(arena.room(100)).toBeDefined();
  arena.takeBackAll();
  expect(arena.placeOf(old)).toBeUndefined();
  expect(span(arena.room(500)!)).toEqual([100, 600]);
});

test('where all had room, the same arrays are handed out the next time', () => {
  const arena = arenaOf();
  const arrays = [300, 200, 300].map((length) => arena.room(length));
  arena.takeBackAll();
  expect([300, 200, 300].map((length) => arena.room(length))).toEqual(arrays);
  expect(arena.room(300)).toBeUndefined();
});
