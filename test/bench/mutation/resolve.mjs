const standIn = new URL('vitest.ts', import.meta.url).href;

/** Resolves `vitest` in a test file to what stands in for it. */
export const resolve = (specifier, context, next) =>
  next(specifier === 'vitest' && context.parentURL !== standIn ? standIn : specifier, context);
