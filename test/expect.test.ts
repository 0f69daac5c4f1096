import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  backprop,
  compare,
  expectGradients,
  formatReport,
  GradientError,
  parseConfig,
  parseReference,
} from '../src/index.ts';
import { fixture, root } from './cli/fcnet.ts';

const net = fixture('two-layer.json');
const right = fixture('two-layer.pytorch.json').gradients;
const wrong = fixture('two-layer.no-slope.json');

describe('expectGradients', () => {
  test('passes what is right: nested, typed and float32', () => {
    expectGradients(net, right);
    expectGradients(parseConfig(net), backprop(parseConfig(net)));
    const single = Object.fromEntries(
      Object.entries(right as Record<string, number[] | number[][]>).map(([name, rows]) => [
        name,
        Array.isArray(rows[0])
          ? (rows as number[][]).map((row) => Float32Array.from(row))
          : Float32Array.from(rows as number[]),
      ]),
    );
    expectGradients(JSON.stringify(net), single, { precision: 'float32' });
  });

  test('throws the short report of what is wrong', () => {
    const attempt = () => expectGradients(net, wrong, { name: 'mine' });
    expect(attempt).toThrow(GradientError);
    expect(attempt).toThrow(/^✖ mine is wrong in dW1 and db1\n/);
    expect(attempt).toThrow(/missing-slope at layer 1/);
  });

  test('has the comparison for those who want more', () => {
    try {
      expectGradients(net, wrong);
      expect.unreachable();
    } catch (error) {
      expect((error as GradientError).comparison.references[0]?.diagnosis[0]?.mistake).toBe('missing-slope');
    }
  });

  test('fails a test of node:test with the report', () => {
    const program = `
      import test from 'node:test';
      import { expectGradients } from '${root}dist/index.js';
      import { readFileSync } from 'node:fs';
      const read = (name) => JSON.parse(readFileSync('${root}fixtures/' + name, 'utf8'));
      test('mine', () => expectGradients(read('two-layer.json'), read('two-layer.no-slope.json')));`;
    const { status, stdout } = spawnSync('node', ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('missing-slope at layer 1');
  });
});

test('formatReport is the last screen of the command', () => {
  const comparison = compare(parseConfig(net), [parseReference('mine', wrong)]);
  const report = formatReport(comparison, { width: 80 });
  const lines = report.split('\n');
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.at(-1)).toContain('fcnet explain missing-slope');
});
