/**
 * Loads a module of the user's. It stands in a file of its own in the build, too: code that V8 has kept of a script
 * cannot import.
 */
export const importModule = (specifier: string): Promise<unknown> => import(specifier);

/** The same of a module that is written in TypeScript. */
export const importTypescript = async (url: string): Promise<unknown> =>
  (await import('tsx/esm/api')).tsImport(url, import.meta.url);
