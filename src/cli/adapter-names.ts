/** The languages and libraries that there is a program to fill in for. */
export const ADAPTER_NAMES = [
  'numpy',
  'pytorch',
  'javascript',
  'c',
  'cpp',
  'rust',
  'go',
  'java',
  'octave',
  'r',
] as const;
export type AdapterName = (typeof ADAPTER_NAMES)[number];
