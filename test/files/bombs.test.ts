import { constants, crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArrayFile } from '../../src/files/arrays.ts';
import { Budget, DEFAULT_LIMIT } from '../../src/files/budget.ts';
import { cpuTime } from '../cpu-time.ts';
import { complaintOf, type Member, npy, npyHeader, safetensors, zeros, zipOf } from './array-files.ts';

const MiB = 2 ** 20;

/** A deflated .npy of 2²⁷ zeros, 1 GiB from 1 MiB: one flushed block of zeros, repeated. */
function gibibyteOfZeros(): { deflated: Buffer; size: number } {
  const flush = { finishFlush: constants.Z_FULL_FLUSH };
  const header = npy(npyHeader('<f8', `(${2 ** 27},)`));
  const block = deflateRawSync(Buffer.alloc(MiB), flush);
  const blocks = [deflateRawSync(header, flush), ...Array<Buffer>(1024).fill(block), deflateRawSync('')];
  return { deflated: Buffer.concat(blocks), size: header.length + 1024 * MiB };
}

describe('a file that unfolds to very much is refused in little memory and time', () => {
  const { deflated, size } = gibibyteOfZeros();
  const bomb: Member = { name: 'W1.npy', content: Buffer.alloc(0), deflated, crc: 1, size };

  // The highest memory that the process ever took, in KiB: what was freed in between is not missed.
  let before: number;
  let started: number;
  beforeEach(() => {
    before = process.resourceUsage().maxRSS;
    started = cpuTime();
  });
  afterEach(() => {
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(64);
    expect(cpuTime() - started).toBeLessThan(5000);
  });

  test('1 GiB that says so', () => {
    const message = 'W1.npy: too large: 1024 MiB; a run may hold 1024 MiB in all';
    expect(complaintOf('x.npz', zipOf([bomb]))).toBe(message);
  });

  test('1 GiB that says it has 1 MiB', () => {
    const message = 'W1.npy: it says that it has 1048576 bytes, and has more';
    expect(complaintOf('x.npz', zipOf([{ ...bomb, size: MiB }]))).toBe(message);
  });

  test('a few bytes that say they have 500 MiB', () => {
    const liar = { ...bomb, deflated: deflateRawSync(zeros(10)), size: 500 * MiB };
    expect(complaintOf('x.npz', zipOf([liar]))).toBe(
      'W1.npy: it cannot have the 524288000 bytes that it says',
    );
  });

  test('4 GiB and more, which only zip64 can say', () => {
    expect(complaintOf('x.npz', zipOf([{ ...bomb, size: 0xffffffff }]))).toContain('W1.npy: too large');
  });

  test('many arrays that are small, each of them', () => {
    const content = zeros(MiB / 16);
    const deflated = deflateRawSync(content);
    const member = { content, deflated, crc: crc32(content) };
    const members = Array.from({ length: 200 }, (_, i) => ({ name: `W${i + 1}.npy`, ...member }));
    expect(complaintOf('x.npz', zipOf(members), { budget: new Budget(10 * MiB) })).toMatch(
      /^W20\.npy: too large/,
    );
  });

  test.each(['(67108865,)', '(8192, 8193)'])('a shape of %s without the numbers', (shape) => {
    expect(complaintOf('x.npy', npy(npyHeader('<f8', shape)))).toContain('its shape and its data do not fit');
    const tensor = { dtype: 'F64', shape: JSON.parse(shape.replace('(', '[').replace(/,?\)/, ']')) };
    const file = safetensors({ W1: { ...tensor, data_offsets: [0, 0] } });
    expect(complaintOf('x.safetensors', file)).toContain('its shape and its data do not fit');
  });

  test('a header nested very deep', () => {
    const nested = `{"__metadata__": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    expect(complaintOf('x.safetensors', safetensors(nested))).toContain('expected a header in JSON');
    expect(complaintOf('x.safetensors', safetensors('['.repeat(5e6)))).toContain('expected a header in JSON');
    expect(complaintOf('x.safetensors', safetensors('{"a":'.repeat(1e6)))).toContain(
      'expected a header in JSON',
    );
    expect(complaintOf('x.npy', npy('['.repeat(65_000)))).toContain('expected a header');
    expect(complaintOf('x.npy', npy(`{'descr': ${'('.repeat(65_000)}`))).toContain('expected a header');
  });
});

test('what is small in the file counts as the float64 that it becomes', () => {
  const flags = npy(npyHeader('|b1', '(1000,)'), Buffer.alloc(1000));
  expect(readArrayFile('x.npy', flags, { budget: new Budget(8000) })).toHaveLength(1);
  expect(complaintOf('x.npy', flags, { budget: new Budget(7999) })).toContain('too large');
});

test('a header of very many parts is read, and bounded by its length', () => {
  const parts = `{"__metadata__": [${'{},'.repeat(1e6)}{}]}`;
  expect(readArrayFile('x.safetensors', safetensors(parts))).toEqual([]);
});

test('an array up to the limit is read, and the limit is a gigabyte', () => {
  expect(readArrayFile('x.npy', zeros(1000), { budget: new Budget(8000) })).toHaveLength(1);
  expect(complaintOf('x.npy', zeros(1001), { budget: new Budget(8000) })).toContain('too large');
  expect(DEFAULT_LIMIT).toBe(1024 * MiB);
});
