/** Numbers that are the same on every machine for the same seed. */
export interface RandomNumbers {
  /** uniform in [0, 1), 53 random bits */
  uniform(): number;
  /** standard normal */
  normal(): number;
}

/**
 * The stream of random numbers that belongs to a seed and a name: `W1` draws the same numbers whatever
 * stands beside it. Normal ones by Marsaglia's polar method, which needs no function but log and sqrt.
 */
export function randomNumbers(seed: number, name: string): RandomNumbers {
  const next = sfc32(seed, name);
  const uniform = (): number => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) * 2 ** -53;
  const normal = (): number => {
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  };
  return { uniform, normal };
}

/** Small Fast Counting generator, 32 bits (C. Doty-Humphrey, PractRand): 128 bits of state, period at least 2³². */
function sfc32(seed: number, name: string): () => number {
  let [a, b, c] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, hash(name)];
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result;
  };
  for (let i = 0; i < 15; i++) next(); // lets the seed reach every bit
  return next;
}

/** FNV-1a, 32 bits, of the UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}
