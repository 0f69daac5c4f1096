import { afterEach, expect, test, vi } from 'vitest';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { firstOf } from '../../src/kernels/webassembly.ts';
import { base64, relaxed, relaxedBase64 } from './modules.ts';

type Constructor = new (...given: unknown[]) => object;
declare const WebAssembly: { validate(bytes: unknown): boolean; Module: Constructor; Instance: Constructor };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock('../../src/kernels/embedded.ts');
  vi.resetModules();
});

/** What is chosen where these modules are embedded. */
async function choiceOf(embedded: readonly string[]): Promise<typeof import('../../src/kernels/choice.ts')> {
  vi.resetModules(); // another file may have loaded it
  vi.doMock('../../src/kernels/embedded.ts', () => ({ embedded }));
  return await import('../../src/kernels/choice.ts');
}

/** Counts the modules that are made from here on; they cannot be where `fails`. */
function countModules({ fails = false } = {}): { readonly made: number } {
  const { validate, Module, Instance } = WebAssembly;
  const count = { made: 0 };
  const construct = (target: Constructor, given: unknown[]): object => {
    count.made++;
    if (fails) throw new Error('not allowed here');
    return new target(...given);
  };
  vi.stubGlobal('WebAssembly', { validate, Instance, Module: new Proxy(Module, { construct }) });
  return count;
}

/** The sum of n ones. */
function count(kernels: Kernels, n: number): number {
  const [A, B, C] = [new Float64Array(n).fill(1), new Float64Array(n).fill(1), new Float64Array(1)];
  kernels.multiply(A, B, C, 1, n, 1);
  return C[0]!;
}

test('nothing is compiled for what is small, and once for all that is large', async () => {
  const modules = countModules();
  const { kernels } = await choiceOf([base64]);
  expect(count(kernels, 100)).toBe(100);
  kernels.exp(new Float64Array(10), new Float64Array(10));
  expect(modules.made).toBe(0);
  for (let i = 0; i < 3; i++) {
    expect(count(kernels, 100_000)).toBe(100_000);
    kernels.exp(new Float64Array(1000), new Float64Array(1000));
  }
  expect(modules.made).toBe(1);
});

test('plain loops do what is large where they are asked for', async () => {
  const modules = countModules();
  const { kernels, usePlainLoops } = await choiceOf([base64]);
  usePlainLoops();
  expect(count(kernels, 100_000)).toBe(100_000);
  expect(modules.made).toBe(0);
});

test.each<[string, readonly string[], () => void]>([
  ['none are embedded', [], () => {}],
  ['there is no WebAssembly', [base64], () => vi.stubGlobal('WebAssembly', undefined)],
  ['compiling is not allowed', [base64], () => countModules({ fails: true })],
  ['a module is none', [btoa('no module')], () => {}],
])('plain loops do what is large where %s', async (_, embedded, prepare) => {
  prepare();
  const { kernels } = await choiceOf(embedded);
  expect(count(kernels, 100_000)).toBe(100_000);
  expect(firstOf(embedded)).toBeUndefined();
});

test('a module that is not known here is passed over for one that is', () => {
  const modules = countModules();
  const unknown = btoa(`${atob(base64).slice(0, 8)}\x7f\0`); // a section of a kind that there is not
  expect(count(firstOf([unknown, base64])!, 5000)).toBe(5000);
  expect(modules.made).toBe(1);
});

test('the relaxed module is taken where it is valid, and only there', () => {
  const bytes = Uint8Array.from(atob(relaxedBase64), (unit) => unit.charCodeAt(0));
  expect(relaxed !== undefined).toBe(WebAssembly.validate(bytes));
});
