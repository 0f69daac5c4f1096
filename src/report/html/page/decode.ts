// The arrays of the page, as ../encode.ts has written them.

/** Reads bytes one after another. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(base64: string) {
    this.#text = atob(base64);
  }

  get length(): number {
    return this.#text.length;
  }

  byte(): number {
    return this.#text.charCodeAt(this.#at++);
  }

  integer(): number {
    let [n, scale, byte] = [0, 1, this.byte()];
    while (byte >= 128) {
      n += (byte - 128) * scale;
      scale *= 128;
      byte = this.byte();
    }
    return n + byte * scale;
  }

  signed(): number {
    return unzigzag(this.integer());
  }

  /** The highest bytes of a float64. */
  number(count: number): number {
    for (let i = 0; i < 8; i++) view.setUint8(i, i < count ? this.byte() : 0);
    return view.getFloat64(0);
  }
}

const view = new DataView(new ArrayBuffer(8));

const unzigzag = (n: number): number => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);

export function decodeNumbers(base64: string): Float64Array {
  const reader = new Reader(base64);
  return Float64Array.from({ length: reader.length / 8 }, () => reader.number(8));
}

export function decodeNear(base64: string, base: Float64Array, exact: boolean): Float64Array {
  const reader = new Reader(base64);
  return base.map((value) => {
    const steps = reader.integer();
    return steps === 0 ? reader.number(exact ? 8 : 5) : stepped(value, unzigzag(steps - 1));
  });
}

/** The number of float64 so many steps further away from 0. */
function stepped(value: number, steps: number): number {
  if (steps === 0) return value;
  view.setFloat64(0, value);
  const low = view.getUint32(4) + steps;
  const carry = Math.floor(low / 2 ** 32);
  view.setUint32(0, view.getUint32(0) + carry);
  view.setUint32(4, low - carry * 2 ** 32);
  return view.getFloat64(0);
}

export function decodeSizes(base64: string, length: number): Float64Array {
  const reader = new Reader(base64);
  let last = 0;
  return Float64Array.from({ length }, () => {
    last += reader.signed();
    view.setUint32(0, last * 2 ** 15);
    view.setUint32(4, 0);
    return view.getFloat64(0);
  });
}

/** 0 not checked, 1 agree, 2 mismatch, 3 inconclusive */
export function decodeVerdicts(base64: string, length: number): Uint8Array {
  const text = atob(base64);
  return Uint8Array.from({ length }, (_, i) => (text.charCodeAt(i >> 2) >> (2 * (i & 3))) & 3);
}

export function decodePlaces(base64: string, length: number): Uint32Array {
  const reader = new Reader(base64);
  let last = 0;
  return Uint32Array.from({ length }, () => {
    last += reader.signed();
    return last;
  });
}
