import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Output } from '../../src/cli/io.ts';
import { ProgressLine } from '../../src/cli/progress.ts';
import { gradcheck, parseConfig } from '../../src/index.ts';
import { fixture } from './fcnet.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** A terminal, or a pipe, and all that was written to it. */
function outputOf(terminal: Partial<Output>): { stream: Output; text: () => string } {
  const stream = Object.assign(new PassThrough(), terminal) as Output;
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

describe('a long run', () => {
  test('says on a terminal how far it is, after two seconds, and takes that away', async () => {
    const { stream, text } = outputOf({ isTTY: true, columns: 60 });
    const line = new ProgressLine(stream);
    vi.advanceTimersByTime(1900);
    line.tell(1, 10, '1 of 10 configs');
    await vi.advanceTimersByTimeAsync(0);
    expect(text()).toBe('');
    vi.advanceTimersByTime(1100);
    line.tell(2, 10, '2 of 10 configs');
    line.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe('\r\u001b[K2 of 10 configs, about 12 s left\r\u001b[K');
  });

  test('says nothing to a pipe', async () => {
    const { stream, text } = outputOf({});
    const line = new ProgressLine(stream);
    vi.advanceTimersByTime(5000);
    line.tell(2, 10, '2 of 10 configs');
    line.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe('');
  });

  test('is no wider than the terminal', async () => {
    const { stream, text } = outputOf({ isTTY: true, columns: 20 });
    const line = new ProgressLine(stream);
    vi.advanceTimersByTime(5000);
    line.tell(2, 10, 'numerical gradient: 2 of 10 entries');
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe('\r\u001b[Knumerical gradient:');
  });
});

test('a naive gradient tells after each entry how many are done', () => {
  const told: [number, number][] = [];
  gradcheck(parseConfig(fixture('textbook.json')), {
    naive: true,
    onProgress: (done, total) => told.push([done, total]),
  });
  // by the step and by two parts of it
  expect(told).toEqual(Array.from({ length: 123 }, (_, i) => [Math.floor((i + 1) / 3), 41]));
});
