import type { Verdict } from '../../gradcheck/verdict.ts';
import { Bytes } from './bytes.ts';

// Arrays as the page gets them, in little more room than their digits need. page/decode.ts reads them.

/** Numbers bit for bit, eight bytes each. */
export function encodeNumbers(values: Float64Array): string {
  const bytes = new Bytes(8 * values.length);
  for (const value of values) addRaw(bytes, value, 8);
  return bytes.toBase64();
}

/**
 * Numbers that are mostly near others: how many of the numbers of float64 lie between them, which is a byte or two.
 * What is further away, on the other side of 0, or no number, stands by itself.
 *
 * @param exact bit for bit; otherwise what stands by itself is cut to five bytes: eight significant digits
 */
export function encodeNear(values: Float64Array, base: Float64Array, exact: boolean): string {
  const bytes = new Bytes(2 * values.length);
  values.forEach((value, i) => {
    const steps = stepsBetween(base[i]!, value);
    // A distance that takes as many bytes as the number itself is worth none.
    if (steps !== undefined && (exact || Math.abs(steps) < NEAR)) bytes.addInteger(zigzag(steps) + 1);
    else {
      bytes.add(0);
      addRaw(bytes, value, exact ? 8 : 5);
    }
  });
  return bytes.toBase64();
}

const NEAR = 2 ** 33;

const zigzag = (n: number): number => (n < 0 ? -2 * n - 1 : 2 * n);

const view = new DataView(new ArrayBuffer(16));

/** The highest bytes of a float64, the highest first. */
function addRaw(bytes: Bytes, value: number, count: number): void {
  view.setFloat64(0, value);
  for (let i = 0; i < count; i++) bytes.add(view.getUint8(i));
}

/** How many steps of float64 from a to b, away from 0; undefined where these are too many, or b has another sign. */
function stepsBetween(a: number, b: number): number | undefined {
  view.setFloat64(0, a);
  view.setFloat64(8, b);
  const [high, other] = [view.getUint32(0), view.getUint32(8)];
  if (high >>> 31 !== other >>> 31) return undefined;
  const steps = (other - high) * 2 ** 32 + (view.getUint32(12) - view.getUint32(4));
  return Math.abs(steps) < 2 ** 51 ? steps : undefined;
}

/** Sizes, of which two digits tell enough: the sixteen highest bits below the sign, as steps from the one before. */
export function encodeSizes(values: Float64Array): string {
  const bytes = new Bytes(values.length);
  let last = 0;
  for (const value of values) {
    view.setFloat64(0, Math.abs(value));
    const code = Math.round(view.getUint32(0) / 2 ** 15);
    bytes.addSigned(code - last);
    last = code;
  }
  return bytes.toBase64();
}

/** In the order in which the page numbers them; undefined is what was not checked. */
const VERDICTS: readonly (Verdict | undefined)[] = [undefined, 'agree', 'mismatch', 'inconclusive'];

/** Four verdicts a byte. */
export function encodeVerdicts(verdicts: readonly (Verdict | undefined)[]): string {
  const bytes = new Bytes(verdicts.length / 4 + 1);
  for (let i = 0; i < verdicts.length; i += 4) {
    let byte = 0;
    for (let k = 0; k < 4 && i + k < verdicts.length; k++)
      byte |= VERDICTS.indexOf(verdicts[i + k]) << (2 * k);
    bytes.add(byte);
  }
  return bytes.toBase64();
}

/** Places, as steps from the one before. */
export function encodePlaces(places: ArrayLike<number>): string {
  const bytes = new Bytes(2 * places.length);
  for (let i = 0; i < places.length; i++) bytes.addSigned(places[i]! - (places[i - 1] ?? 0));
  return bytes.toBase64();
}
