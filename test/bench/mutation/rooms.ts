/** What is mutated together, and the tests that have to notice. */
export interface Room {
  readonly mutate: string[];
  readonly tests: string[];
}

/**
 * Each room by its own tests, and the mistakes and references also by those of the diagnosis that names what is wrong: none of them starts
 * the command, a browser or Python.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: {
    mutate: ['src/core/**/*.ts'],
    tests: ['test/core/**/*.test.ts', 'test/kernels/plain.test.ts'],
  },
  gradcheck: {
    mutate: ['src/gradcheck/*.ts'],
    tests: ['test/gradcheck/*.test.ts'],
  },
  mistakes: {
    mutate: ['src/mistakes/*.ts', '!src/mistakes/example.ts'],
    tests: ['test/{mistakes,diagnosis}/*.test.ts', '!test/mistakes/{diagnosis,example,verdicts}.test.ts'],
  },
  examples: {
    mutate: ['src/mistakes/example.ts'],
    tests: ['test/mistakes/example.test.ts'],
  },
  reference: {
    mutate: ['src/reference/*.ts'],
    tests: [
      'test/{reference,diagnosis}/*.test.ts',
      'test/mistakes/diagnosis.test.ts',
      '!test/reference/precision-live.test.ts',
    ],
  },
};
