/** Bytes that are written one after another. */
export class Bytes {
  #bytes: Uint8Array;
  #length = 0;

  /** @param expected about how many there will be */
  constructor(expected: number) {
    this.#bytes = new Uint8Array(Math.max(expected, 64));
  }

  add(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** An integer from 0 to 2⁵³ − 1: seven bits a byte, the lowest first, with a mark on all but the last. */
  addInteger(n: number): void {
    while (n >= 128) {
      this.add((n % 128) + 128);
      n = Math.floor(n / 128);
    }
    this.add(n);
  }

  /** An integer of either sign, the small ones in few bytes: 0, −1, 1, −2, … as 0, 1, 2, 3, … */
  addSigned(n: number): void {
    this.addInteger(n < 0 ? -2 * n - 1 : 2 * n);
  }

  toBase64(): string {
    const parts: string[] = [];
    for (let start = 0; start < this.#length; start += CHUNK)
      parts.push(
        btoa(String.fromCharCode(...this.#bytes.subarray(start, Math.min(start + CHUNK, this.#length)))),
      );
    return parts.join('');
  }
}

/** How many bytes are written at once: a multiple of 3, so that each part of the text stands by itself. */
const CHUNK = 3 * 2 ** 12;
