import type { AdapterName } from '../adapter-names.ts';
import { c } from './c.ts';
import { cpp } from './cpp.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { javascript } from './javascript.ts';
import { numpy } from './numpy.ts';
import { octave } from './octave.ts';
import { pytorch } from './pytorch.ts';
import { r } from './r.ts';
import { rust } from './rust.ts';

/** Programs that lack the gradient only: they read a config from standard input and print a reference. */
export const ADAPTERS: Readonly<Record<AdapterName, string>> = {
  numpy,
  pytorch,
  javascript,
  c,
  cpp,
  rust,
  go,
  java,
  octave,
  r,
};
