import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Numbers that are the same on every machine for the same seed. */
export interface RandomNumbers {
  /** uniform in [0, 1), 53 random bits */
  uniform(): number;
  /** standard normal */
  normal(): number;
}

/**
 * The stream of random numbers that belongs to a name: `W1` draws the same numbers whatever stands
 * beside it. Normal ones by Marsaglia's polar method, which needs no function but log and sqrt.
 */
export function randomNumbers(seed: number, name: string): RandomNumbers {
  const generator = xoroshiro128plus(hash(`${seed}/${name}`));
  const uniform = (): number => uniformFloat64(generator);
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

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
