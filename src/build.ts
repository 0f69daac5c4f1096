import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { embedKernels } from './build-kernels.ts';

// `npm run build`, but for the types, which tsc writes: the command, the library, and what goes along with them.

const root = fileURLToPath(new URL('..', import.meta.url));

/** CommonJS, that it may start quickly: V8 keeps code of that. tsx stays outside, for it brings programs of its own. */
const PROGRAM = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none', // they stand in THIRD-PARTY-LICENSES.txt
  charset: 'ascii', // the launcher reads it as such; see onlyAscii
  define: { 'import.meta.url': '__filename', 'import.meta.dirname': '__dirname' }, // a path will do where packages ask for it
} satisfies BuildOptions;

const IMPORTING = 'importing.ts';

/** What imports modules of the user's: beside the command, which requires it when there are some. */
const importing: BuildOptions = {
  ...PROGRAM,
  entryPoints: [`src/cli/${IMPORTING}`],
  outfile: 'dist/importing.cjs',
  external: ['tsx'],
};

/** Modules that most runs use nothing of: a start does not wait for them. */
const LATE = /^(node:(child_process|crypto|fs\/promises|os|timers\/promises|util|zlib)|fastest-levenshtein)$/;

/**
 * Loads such a module when something of it is asked for: when a function that is imported is called, or when what is
 * required is read. What is no function cannot be imported of it.
 */
const late: Plugin = {
  name: 'late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LATE }, ({ path: name, kind, namespace }) => {
      if (namespace === 'late') return name.startsWith('node:') ? { path: name, external: true } : undefined;
      return { path: name, namespace: 'late', suffix: kind === 'require-call' ? '?required' : '' };
    });
    onLoad({ filter: LATE, namespace: 'late' }, ({ path: name, suffix }) => {
      const exports = Object.entries(createRequire(import.meta.url)(name));
      const isCalled = (value: unknown): boolean =>
        typeof value === 'function' && !/^class\b/.test(String(value));
      const lines = suffix
        ? exports.map(
            ([key]) => `Object.defineProperty(exports, '${key}', { get: () => require('${name}').${key} });`,
          )
        : exports
            .filter(([, value]) => isCalled(value))
            .map(
              ([key], i) =>
                `const f${i} = (...args) => require('${name}').${key}(...args); export { f${i} as ${key} };`,
            );
      return { contents: lines.join('\n'), resolveDir: root };
    });
  },
};

/** `import path`, of which esbuild would make a copy of the whole module for each file that imports it. */
const onePath: Plugin = {
  name: 'one path',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:path$/ }, ({ path: name, namespace }) =>
      namespace === 'one' ? { path: name, external: true } : { path: name, namespace: 'one' },
    );
    onLoad({ filter: /./, namespace: 'one' }, ({ path: name }) => ({
      contents: `const whole = require('${name}'); export { whole as default };`,
    }));
  },
};

/** The command, in one file but for that; what it imports late, it requires late. */
export const COMMAND = {
  ...PROGRAM,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/fcnet.cjs',
  supported: { 'dynamic-import': false },
  // chalk is told whether to colour: it need not ask the terminal.
  alias: { '#supports-color': './node_modules/chalk/source/vendor/supports-color/browser.js' },
  plugins: [
    late,
    onePath,
    embedKernels,
    {
      name: 'importing stands beside',
      setup: ({ onResolve }) =>
        onResolve({ filter: new RegExp(`/${IMPORTING}$`) }, () => ({
          path: './importing.cjs',
          external: true,
        })),
    },
  ],
  metafile: true,
} satisfies BuildOptions;

/** What every page of --format html holds: its script and its style, beside the command, which reads them then. */
const PAGE: BuildOptions = {
  absWorkingDir: root,
  entryPoints: { page: 'src/report/html/page/script.ts', 'page-style': 'src/report/html/page/style.css' },
  outdir: 'dist',
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  charset: 'ascii', // it may be read in any encoding
};

/** Runs wherever JavaScript does; its packages are those of whoever uses it. */
const LIBRARY: BuildOptions = {
  absWorkingDir: root,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  platform: 'neutral',
  packages: 'external',
  format: 'esm',
  keepNames: true, // those of errors are shown
  plugins: [embedKernels],
};

/** The library without files, in one module with its packages: what of it needs Node is not among its exports. */
export const BROWSER = {
  absWorkingDir: root,
  entryPoints: ['src/browser.ts'],
  outfile: 'dist/browser.js',
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  minify: true,
  legalComments: 'none', // they stand in THIRD-PARTY-LICENSES.txt
  metafile: true,
  plugins: [
    embedKernels,
    {
      name: 'nothing of Node’s is left',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^node:/ }, ({ path: name }) => ({
          path: name,
          namespace: 'none',
          sideEffects: false,
        }));
        // cli-table3 asks it for colours where it is told some, which it is not.
        onResolve({ filter: /^@colors\// }, ({ path: name }) => ({ path: name, namespace: 'colourless' }));
        onLoad({ filter: /./, namespace: 'colourless' }, () => ({ contents: 'module.exports = {}' }));
        onLoad({ filter: /./, namespace: 'none' }, ({ path: name }) => {
          const exports = Object.keys(createRequire(import.meta.url)(name)).filter(
            (key) => key !== 'default',
          );
          const none = exports.map((key) => `const _${key} = undefined; export { _${key} as ${key} };`);
          return { contents: [...none, 'export default undefined;'].join('\n') };
        });
      },
    },
  ],
} satisfies BuildOptions;

/** esbuild leaves regular expressions as they are. */
async function onlyAscii(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const escaped = text.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (escaped !== text) await writeFile(file, escaped);
}

/** The folders of the packages that a bundle holds, relative to where it was built. */
export const packagesIn = ({ inputs }: Metafile): string[] => {
  const folders = Object.keys(inputs).map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
};

/** How packages call the files that hold their licence, and what must be handed on with it. */
const NOTICES = /^(licen[cs]e|copying|notice)/i;

/**
 * The licence of a package, as it asks to be included in copies of it.
 *
 * @throws Error if the package has none, so that it cannot be handed on
 */
export async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => NOTICES.test(file)).sort();
  if (files.length === 0) throw new Error(`${name} is in the bundle, and has no file with its licence`);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}

const SCHEMAS = [
  'config/config.schema.json',
  'reference/reference.schema.json',
  'report/project.schema.json',
  'report/result.schema.json',
];

const HEAD = 'dist/fcnet.cjs and dist/browser.js hold these packages, under these licences.';

async function buildAll(): Promise<void> {
  await mkdir(`${root}dist`, { recursive: true });
  // V8 knows the build that its code was made of by its length only: what is out of date must not stand beside it.
  for (const file of await readdir(`${root}dist`))
    if (file.startsWith('fcnet.')) await rm(`${root}dist/${file}`);
  const bundles = await Promise.all(
    [COMMAND, BROWSER, importing, LIBRARY, PAGE].map((options) => build(options)),
  );
  await Promise.all(
    SCHEMAS.map((file) => copyFile(`${root}src/${file}`, `${root}dist/${path.basename(file)}`)),
  );
  await onlyAscii(`${root}${COMMAND.outfile}`);
  const folders = new Set(bundles.flatMap(({ metafile }) => (metafile ? packagesIn(metafile) : [])));
  const licences = await Promise.all([...folders].sort().map((folder) => licenceOf(root + folder)));
  const text = [HEAD, ...licences].join(`\n\n${'-'.repeat(80)}\n\n`);
  await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, `${text}\n`);
  await promisify(execFile)(process.execPath, [...process.execArgv, `${root}src/code-cache.ts`], {
    cwd: root,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
