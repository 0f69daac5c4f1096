const standIn = new URL('vitest.ts', import.meta.url).href;

/** Resolves `vitest` and `fast-check` in a test file to what stands in for them. */
export const resolve = (specifier, context, next) => {
  const isReplaced = (specifier === 'vitest' || specifier === 'fast-check') && context.parentURL !== standIn;
  return next(isReplaced ? standIn : specifier, context);
};
