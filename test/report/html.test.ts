import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/gradcheck/verdict.ts';
import { cellsOf } from '../../src/report/html/cells.ts';
import {
  encodeNear,
  encodeNumbers,
  encodePlaces,
  encodeSizes,
  encodeVerdicts,
} from '../../src/report/html/encode.ts';
import type { Figure } from '../../src/report/html/figures.ts';
import {
  decodeNear,
  decodeNumbers,
  decodePlaces,
  decodeSizes,
  decodeVerdicts,
} from '../../src/report/html/page/decode.ts';
import { fixture, folderWith, run, TINY } from '../cli/fcnet.ts';

/** The page that a command prints. */
const page = async (args: readonly string[], cwd?: string): Promise<string> =>
  (await run([...args, '--format', 'html'], { ...(cwd && { cwd }) })).stdout;

/** What of a page a reader sees: neither script, style nor data. */
const textOf = (html: string): string =>
  html
    .replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');

const first = (html: string, tag: string): string =>
  textOf(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 's').exec(html)?.[1] ?? '').trim();

const NO_SLOPE = ['--reference', 'mine=fixtures/two-layer.no-slope.json'];

describe('the page of a comparison in which one reference is wrong', () => {
  let html: string;
  beforeAll(async () => {
    html = await page(['compare', 'fixtures/two-layer.json', ...NO_SLOPE]);
  });

  test('says first that it fails, and who is wrong where', () => {
    expect(first(html, 'title')).toBe('fail: fixtures/two-layer.json: mine is wrong in dW1 and db1');
    expect(first(html, 'h1')).toBe('✖ fail mine is wrong in dW1 and db1');
  });

  test('says of each reference and tensor what came of it', () => {
    const table = textOf(/<table class="verdicts">.*?<\/table>/s.exec(html)![0]);
    expect(table).toMatch(/^ numerical two-layer.pytorch mine dW1 4 × 3 ✔ 12 agree .*? ✖ 12 of 12 wrong/);
    expect(table).toContain('✔ data agrees');
  });

  test('names the mistake, with the right line and the wrong one as equation and as code', () => {
    const text = textOf(html);
    expect(text).toMatch(/mine: missing-slope at layer 1 .*? Explains dW1, db1\./);
    expect(text).toMatch(/right δ¹ = W2ᵀδ² ◦ σ′\(z¹\) dz1 = \(W2\.T @ dz2\) \* a1 \* \(1 - a1\)/);
    expect(text).toMatch(/yours δ¹ = W2ᵀδ² dz1 = W2\.T @ dz2/);
  });

  test('lists the worst entries, the worst of them first', () => {
    const rows = [...html.matchAll(/data-entry="(\d+)">([^<]+)</g)].map(([, , name]) => name);
    expect(rows).toHaveLength(9); // five of dW1, and all four of db1
    expect(rows[0]).toBe('db1[3]');
  });

  test('has every entry of a small tensor in a table as well', () => {
    const table = textOf(/<summary>dW1 as a table.*?<\/details>/s.exec(html)![0]);
    expect(table).toMatch(
      /dW1\[3, 2\] -0\.087\d+ -0\.087\d+ \S+ ✔ agrees -0\.087\d+ ✔ agrees -0\.019\d+ ✖ mismatch/,
    );
  });

  test('says what the check would catch, and how all was computed', () => {
    const text = textOf(html);
    expect(text).toMatch(/This check catches all \d+ classic mistakes/);
    expect(text).toContain('difference propagation, h = 2^-100');
    expect(text).toContain('mine float64, as its file says');
    expect(text).toContain(`fcnet ${fixture('../package.json').version}`);
  });

  test('names nothing outside itself, and lets only its own script and style act', () => {
    const outside = html.replace(/http-equiv|http:\/\/www\.w3\.org\/2000\/svg|xmlns/g, '');
    expect(outside).not.toMatch(/https?:|\bsrc=|url\(|@import/);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!.replaceAll('&#39;', "'");
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
    const [script, style] = [
      /<script>(.*?)<\/script>/s.exec(html)![1]!,
      /<style>(.*?)<\/style>/s.exec(html)![1]!,
    ];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hashOf(script)}'`,
      `style-src 'sha256-${hashOf(style)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });
});

describe.concurrent('the page', () => {
  test('of a comparison that passes says so, and with whom', async () => {
    const html = await page(['compare', 'fixtures/two-layer.json']);
    expect(first(html, 'title')).toMatch(/^pass: /);
    expect(first(html, 'h1')).toBe(
      '✔ pass two-layer.pytorch agrees in all 41 entries, and so does the numerical gradient',
    );
  });

  test('of a check without a reference says that it says nothing of the user’s code', async () => {
    const html = await page(['gradcheck', 'fixtures/two-layer.json']);
    expect(first(html, 'h1')).toMatch(/^✔ pass fcnet’s own backprop/);
    expect(textOf(html)).toContain('this says nothing of your code');
  });

  test('goes to a file, and the exit code is that of the check', async () => {
    const args = ['compare', 'fixtures/two-layer.json', ...NO_SLOPE, '--format', 'html', '-o'];
    const file = `${folderWith()}/report.html`;
    expect(await run([...args, file])).toEqual({ code: 1, stdout: '', stderr: expect.any(String) });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  });

  test('of several configs has each of them, those that cannot be run as well', async () => {
    const cwd = folderWith({
      'a.json': TINY,
      'b.json': { ...TINY, reference: { dW1: [[1], [2]] } },
      'c.json': 1,
    });
    const html = await page(['compare', 'a.json', 'b.json', 'c.json'], cwd);
    expect(first(html, 'h1')).toBe('✖ fail 1 of 3 configs agrees');
    expect(textOf(html)).toMatch(/✖ fail b\.json .*? is wrong in .*? c\.json could not be run c\.json:1:1: /);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test('of nothing that could be run says why', async () => {
    const { code, stdout } = await run(['compare', 'none.json', '--format', 'html']);
    expect(code).toBe(2);
    expect(textOf(stdout)).toMatch(/✖ fail it could not be run .*none\.json: /);
  });

  test('of an audit says which mistakes are missed, and why', async () => {
    const html = await page(['audit']);
    expect(first(html, 'h1')).toBe('✔ pass A check of this config catches 69 of 93 classic mistakes');
    const text = textOf(html);
    expect(text).toMatch(
      /missed: .*missing-slope.* at layer 1.*? Because all rows of W2 are equal.*? To catch them: /,
    );
    expect(text).toMatch(/missing-slope .*? ✖ missed at layer 1 .*? right δ¹ = W2ᵀδ²/);
  });

  test('of functions has those that nobody claims a gradient of, too', async () => {
    const cwd = folderWith({
      'f.mjs': `export const x = [1, 0];
        export const f = { right: (x) => x[0] ** 2, wrong: (x) => x[0] ** 3, alone: (x) => Math.abs(x[1]) };
        export const gradient = { right: (x) => [2 * x[0], 0], wrong: (x) => [x[0], 0] };`,
    });
    const html = await page(['gradcheck', 'f.mjs'], cwd);
    expect(first(html, 'h1')).toBe('✖ fail the gradient of wrong is wrong');
    expect(textOf(html)).toMatch(
      /✔ 2 agree .*? ✖ 1 of 2 wrong .*? no gradient was claimed .*? alone\[1\] -1 1/,
    );
  });
});

test('whatever the names are, they are text', async () => {
  const evil = '</script><img src=x onerror=alert(1)><!--';
  const cwd = folderWith({
    'net.json': { ...TINY, name: evil },
    [`${evil.replaceAll('/', '')}.json`]: TINY,
    'mine.json': { dW1: [[1], [2]], [`dW"'${evil}`]: [[1]], b: [0] },
  });
  const files = ['net.json', `${evil.replaceAll('/', '')}.json`];
  const html = await page(['compare', ...files, '--reference', 'mine.json'], cwd);
  expect(html).not.toMatch(/<img|<!--/);
  expect(html.match(/<script/g)).toHaveLength(1 + html.match(/data-map="/g)!.length);
  expect(html.match(/<script/g)).toHaveLength(html.match(/<\/script/g)!.length);
  expect(textOf(html)).toContain(`dW"'${evil}`.slice(0, 20));
  expect(textOf(html)).toContain(files[1]);
});

describe('the arrays of a page', () => {
  const numbers = fc.array(fc.double(), { maxLength: 40 }).map((values) => Float64Array.from(values));
  /** Near one another in some places, and anything in others. */
  const pairs = fc
    .array(fc.tuple(fc.double(), fc.double(), fc.integer({ min: -300, max: 300 }), fc.boolean()), {
      maxLength: 40,
    })
    .map((all) => ({
      base: Float64Array.from(all, ([a]) => a),
      values: Float64Array.from(all, ([a, b, steps, isNear]) => (isNear ? a * (1 + steps * 2 ** -52) : b)),
    }));

  test('come back bit for bit', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(decodeNumbers(encodeNumbers(values))).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(pairs, ({ base, values }) => {
        expect(decodeNear(encodeNear(values, base, true), base, true)).toEqual(values);
      }),
    );
  });

  test('come back to eight digits where they are cut', () => {
    fc.assert(
      fc.property(pairs, ({ base, values }) => {
        const back = decodeNear(encodeNear(values, base, false), base, false);
        values.forEach((value, i) => {
          if (!Number.isFinite(value)) expect(back[i]).toBe(value);
          else
            expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(2 ** -28 * Math.abs(value) + 2 ** -1040);
        });
      }),
    );
  });

  test('of error bars come back to two digits', () => {
    const sizes = fc.array(fc.double({ min: 0 }), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (values) => {
        const back = decodeSizes(encodeSizes(Float64Array.from(values)), values.length);
        values.forEach((value, i) => {
          if (!Number.isFinite(value)) expect(back[i]).toBe(value);
          else if (value > 1e-300 && value < 1e300) expect(back[i]! / value).toBeCloseTo(1, 1.4);
        });
      }),
    );
  });

  test('of verdicts and places come back', () => {
    const verdict = fc.constantFrom<(Verdict | undefined)[]>(undefined, 'agree', 'mismatch', 'inconclusive');
    fc.assert(
      fc.property(fc.array(verdict), (verdicts) => {
        const codes = verdicts.map((one) =>
          one === undefined ? 0 : ['', 'agree', 'mismatch', 'inconclusive'].indexOf(one),
        );
        expect([...decodeVerdicts(encodeVerdicts(verdicts), verdicts.length)]).toEqual(codes);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        expect([...decodePlaces(encodePlaces(places), places.length)]).toEqual(places);
      }),
    );
  });
});

/** A tensor with a numerical gradient that differs by rounding, and a reference that is wrong where asked for. */
function figure(shape: readonly [number, number], isWrong: (i: number) => boolean): Figure {
  const size = shape[0] * shape[1];
  const data = Float64Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) * 0.01);
  const noisy = data.map((value, i) => value * (1 + ((i % 7) - 3) * 2 ** -52));
  const verdicts = (wrong: (i: number) => boolean): Verdict[] =>
    Array.from({ length: size }, (_, i) => (wrong(i) ? 'mismatch' : 'agree'));
  const allowed = data.map((value) => 1e-7 * Math.abs(value) + 1e-16);
  return {
    name: 'dW1',
    shape,
    ours: { label: 'analytic', data },
    others: [
      { label: 'numerical', data: noisy, verdicts: verdicts(() => false), allowed, bar: allowed },
      {
        label: 'mine',
        data: data.map((value, i) => (isWrong(i) ? value * (1.1 + Math.cos(i)) : value)),
        verdicts: verdicts(isWrong),
        allowed,
      },
    ],
  };
}

describe('the size of a page', () => {
  const sizeOf = (figures: readonly Figure[]): number => JSON.stringify(cellsOf(figures)).length;

  test('is below 5 MB with a 784 × 256 tensor, a reference of which is wrong in every entry', () => {
    expect(sizeOf([figure([784, 256], () => true)])).toBeLessThan(4.9e6);
    const [cells] = cellsOf([figure([784, 256], () => true)]);
    expect(cells).toMatchObject({ rows: 784, cols: 256, block: [1, 1], exact: false });
  });

  test('leaves every digit where there is room', () => {
    const [cells] = cellsOf([figure([784, 256], (i) => i === 77)]);
    expect(cells).toMatchObject({ exact: true, block: [1, 1] });
  });

  test('stays so with many large tensors: each cell is the worst entry of a block, and no wrong one is lost', () => {
    const wrong = [0, 500_001, 784 * 1024 - 1];
    const large = figure([784, 1024], (i) => wrong.includes(i));
    const small = figure([5, 4], () => true);
    const figures = [large, small, large, figure([1024, 300], () => true)];
    const cells = cellsOf(figures);
    expect(JSON.stringify(cells).length).toBeLessThan(4.9e6);
    expect(cells[1]).toMatchObject({ exact: true, block: [1, 1] });
    const { block, at, rows, cols, others } = cells[0]!;
    expect(block[0] * block[1]).toBeGreaterThan(1);
    const places = decodePlaces(at!, rows * cols);
    const verdicts = decodeVerdicts(others[1]!.verdicts, rows * cols);
    expect([...places].filter((_, cell) => verdicts[cell] === 2)).toEqual(wrong);
  });
});
