import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/*
 * How time and memory grow with the width, the number of samples, of classes and of layers: `npm run build && npm run
 * bench:scale`. Each network is checked, numerical gradient and error bars, by a process of its own, and once more with
 * a wrong gradient beside it, whose mistake is looked for.
 */

interface Size {
  /** D, H₁, … C */
  readonly widths: readonly number[];
  readonly N: number;
}

const BASE: Size = { widths: [64, 32, 10], N: 256 };

/** Of each series only one number is another than the base's. */
const SERIES: Readonly<Record<string, readonly Size[]>> = {
  base: [BASE],
  'P, by H': [128, 512, 2048].map((H) => ({ ...BASE, widths: [64, H, 10] })),
  N: [1024, 4096, 16384].map((N) => ({ ...BASE, N })),
  C: [40, 160, 640].map((C) => ({ ...BASE, widths: [64, 32, C] })),
  L: [4, 8, 16].map((L) => ({ ...BASE, widths: [64, ...Array<number>(L - 1).fill(32), 10] })),
  'MNIST, wide': [{ widths: [784, 1024, 10], N: 512 }],
  'a million samples of Iris size': [{ widths: [4, 16, 3], N: 1_000_000 }],
};

/** What a process does: a check, and a comparison with a gradient that no rule makes. */
const PROGRAM = `
  import { backprop, compare, gradcheck, parseConfig, parseReference } from './dist/index.js';
  const { widths, N, wrong } = JSON.parse(process.argv[1]);
  const config = { X: { shape: [widths[0], N], normal: { mean: 0, std: 1 } }, reg: 0.01 };
  config.y = Array.from({ length: N }, (_, n) => n % widths.at(-1));
  for (let l = 1; l < widths.length; l++) {
    config['W' + l] = { shape: [widths[l], widths[l - 1]], normal: { mean: 0, std: 1 / Math.sqrt(widths[l - 1]) } };
    config['b' + l] = { shape: [widths[l]], constant: 0 };
  }
  const network = parseConfig(config);
  const start = process.cpuUsage();
  if (wrong) {
    const gradients = Object.fromEntries(
      backprop(network).gradients.map(({ name, shape: [, cols], data }) => {
        const values = Array.from(data, (value, i) => value * (1 + 0.01 * Math.sin(i)));
        if (cols === undefined) return [name, values];
        return [name, Array.from({ length: values.length / cols }, (_, i) => values.slice(i * cols, (i + 1) * cols))];
      }),
    );
    compare(network, [parseReference('wrong', gradients)]);
  } else gradcheck(network);
  const { user, system } = process.cpuUsage(start);
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, MB: process.resourceUsage().maxRSS / 1024 }));
`;

function measured(size: Size, wrong: boolean): { seconds: number; MB: number } {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const args = ['--input-type=module', '-e', PROGRAM, JSON.stringify({ ...size, wrong })];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const cells = ({ seconds, MB }: { seconds: number; MB: number }): string =>
  `${seconds.toPrecision(2)} | ${MB.toFixed(0)}`;

process.stdout.write(`| varied | network | N | P | check, s | MB | wrong reference, s | MB |
| --- | --- | --- | --- | --- | --- | --- | --- |
`);
for (const [name, sizes] of Object.entries(SERIES))
  for (const size of sizes) {
    const { widths, N } = size;
    const P = widths.slice(1).reduce((sum, width, l) => sum + width * (widths[l]! + 1), 0);
    const layers = widths.length > 6 ? `64-${widths.length - 2} × 32-10` : widths.join('-');
    const row = [name, layers, N, P, cells(measured(size, false)), cells(measured(size, true))];
    process.stdout.write(`| ${row.join(' | ')} |\n`);
  }
