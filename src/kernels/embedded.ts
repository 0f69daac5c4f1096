/**
 * The compiled modules of wasm, in base64, the better one first. There are none where the sources run as they are: the
 * build puts them here (src/build-kernels.ts).
 */
export const embedded: readonly string[] = [];
