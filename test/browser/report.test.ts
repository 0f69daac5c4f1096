import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, folderWith, root, run, runJson } from '../cli/fcnet.ts';
import { hasChromium, launch, open, sayWhatIsSkipped, urlOf, violations } from './chromium.ts';

sayWhatIsSkipped('the page of --format html in a real browser');

const theirs = fixture('two-layer.pytorch.json');

/** PyTorch's gradients, but for the sign of dW1[3, 2]. */
const planted = {
  ...theirs,
  gradients: {
    ...theirs.gradients,
    dW1: theirs.gradients.dW1.map((row: number[], i: number) =>
      i === 3 ? [...row.slice(0, 2), -row[2]!] : row,
    ),
  },
};

const readoutOf = (page: Page, id = 'map-0'): Promise<string> => page.locator(`#${id} .readout`).innerText();

describe.runIf(hasChromium)('in Chromium the page', () => {
  let browser: Browser;
  let file: string;

  beforeAll(async () => {
    const cwd = folderWith({
      'net.json': { ...fixture('two-layer.json'), reference: undefined },
      'mine.json': planted,
    });
    file = `${cwd}/report.html`;
    browser = await launch();
    const ran = await run(
      ['compare', 'net.json', '--reference', 'mine.json', '--format', 'html', '-o', 'report.html'],
      { cwd },
    );
    expect(ran.code).toBe(1);
  });
  afterAll(() => browser?.close());

  test('shows the one entry that is wrong, and asks for nothing but itself', async () => {
    const { page, requests, errors } = await open(browser, urlOf(file));
    expect(await page.title()).toMatch(/^fail: net\.json: mine is wrong in dW1$/);
    expect(await page.locator('h1').innerText()).toBe('✖ fail mine is wrong in dW1');
    expect(await readoutOf(page)).toMatch(
      /^dW1\[3, 2\]\s+analytic\s+-0\.08787477406757\d+[\s\S]+mine\s+0\.08787477406757\d+\s+✖ mismatch, off by 1\.8e-1 \(200%\)$/,
    );
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([urlOf(file)]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('paints the wrong entry in another colour than those that are right', async () => {
    const { page } = await open(browser, urlOf(file));
    const colourAt = (row: number, col: number): Promise<number[]> =>
      page.evaluate(`(() => {
        const canvas = document.querySelectorAll('#map-0 .frame canvas')[4];
        const x = (${col} + 0.15) / 3 * canvas.width, y = (${row} + 0.15) / 4 * canvas.height;
        return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
      })()`);
    while ((await colourAt(3, 2))[3] === 0) await page.waitForTimeout(20); // it is painted once it is seen
    const [wrong, right] = [await colourAt(3, 2), await colourAt(0, 0)];
    expect(wrong[0]! - wrong[2]!).toBeGreaterThan(60); // red
    expect(Math.abs(right[0]! - right[2]!)).toBeLessThan(40); // grey
    await page.close();
  });

  test('finds it by keyboard alone, and tells it to who hears the page', async () => {
    const { page } = await open(browser, urlOf(file));
    const focused = (): Promise<unknown> =>
      page.evaluate("document.activeElement.getAttribute('aria-label')");
    for (let tabs = 0; tabs < 30 && (await focused()) !== 'Heat maps of dW1'; tabs++)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe('Heat maps of dW1');
    await page.keyboard.press('Control+Home');
    expect(await readoutOf(page)).toContain('dW1[0, 0]');
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft', 'End'])
      await page.keyboard.press(key);
    expect(await readoutOf(page)).toContain('dW1[2, 2]');
    await page.keyboard.press('n');
    expect(await readoutOf(page)).toMatch(/^dW1\[3, 2\][\s\S]*mine[\s\S]*✖ mismatch/);
    await page.locator('#map-0 [aria-live=polite]', { hasText: 'dW1[3, 2]' }).waitFor({ state: 'attached' });
    expect(await page.locator('#map-0 [aria-live=polite]').textContent()).toMatch(
      /^dW1\[3, 2\]: analytic \S+; numerical \S+ ± \S+, (?:equal|agrees to \S+); mine \S+, mismatch, off by/,
    );
    await page.close();
  });

  test('shows an entry under the pointer, and where a link or a button leads', async () => {
    const { page } = await open(browser, urlOf(file));
    await page
      .locator('#map-0 .frame canvas')
      .first()
      .hover({ position: { x: 3, y: 3 } });
    expect(await readoutOf(page)).toContain('dW1[0, 0]');
    await page.locator('#map-0 h3').hover();
    expect(await readoutOf(page)).toContain('dW1[3, 2]');
    await page.getByRole('link', { name: 'dW1[3, 2]' }).first().click();
    await page.keyboard.press('ArrowUp');
    expect(await readoutOf(page)).toContain('dW1[2, 2]');
    await page.getByRole('button', { name: 'Next wrong entry' }).click();
    expect(await readoutOf(page)).toContain('dW1[3, 2]');
    await page.close();
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds fault with, %s', async (colorScheme) => {
    const { page } = await open(browser, urlOf(file), { colorScheme });
    await page.locator('summary').evaluateAll('all => { for (const one of all) one.click() }');
    // In the dark the page differs in its colours only.
    expect(await violations(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)).toEqual([]);
    await page.close();
  });

  test('with several configs has nothing that axe finds fault with, on a narrow screen', async () => {
    const cwd = folderWith({ 'mine.json': planted });
    const configs = ['iris.json', 'two-layer.json'].map((name) => `${root}fixtures/${name}`);
    await run(
      ['compare', ...configs, 'none.json', '--reference', 'mine.json', '--format', 'html', '-o', 'all.html'],
      { cwd },
    );
    const { page } = await open(browser, urlOf(`${cwd}/all.html`), { viewport: { width: 360, height: 700 } });
    expect(await violations(page)).toEqual([]);
    const [shown, whole] = (await page.evaluate(
      '[innerWidth, document.documentElement.scrollWidth]',
    )) as number[];
    expect(whole).toBeLessThanOrEqual(shown!);
    await page.close();
  });

  test('lets nothing out, and runs nothing that came with names', async () => {
    let asked = 0;
    const server = createServer((_, response) => response.end(String(++asked)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const evil = `</script><script>alert(1)</script><img src="${url}" onerror="alert(1)">`;
    const cwd = folderWith({ 'mine.json': { ...planted, gradients: { ...planted.gradients, [evil]: [1] } } });
    const config = `${root}fixtures/two-layer.json`;
    await run(['compare', config, '--reference', 'mine.json', '--format', 'html', '-o', 'evil.html'], {
      cwd,
    });
    const { page, errors } = await open(browser, urlOf(`${cwd}/evil.html`));
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs++;
      void dialog.dismiss();
    });
    expect(await page.locator('img').count()).toBe(0);
    expect(errors).toEqual([]);
    await page.evaluate(`(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="${url}"><iframe src="${url}"></iframe>');
      const script = document.createElement('script');
      script.textContent = 'alert(1)';
      document.body.append(script);
      return fetch('${url}').catch(() => {});
    })()`);
    await page.waitForTimeout(200);
    expect({ asked, dialogs }).toEqual({ asked: 0, dialogs: 0 });
    await page.close();
    server.close();
  });

  test('of a 784 × 256 tensor is below 5 MB, opens at once, and its cursor follows the keys', async () => {
    const normal = (shape: readonly number[]) => ({ shape, normal: { mean: 0, std: 0.05 } });
    const net = { X: normal([784, 2]), y: [3, 7], W1: normal([256, 784]), b1: normal([256]) };
    const cwd = folderWith({ 'net.json': net });
    const { json } = await runJson(['backprop', 'net.json'], { cwd });
    const { dW1 } = json.gradients;
    dW1[200][700] *= 1.5;
    const files = folderWith({ 'mine.json': { dW1 } });
    const { stdout } = await run(
      [
        'compare',
        'net.json',
        '--only',
        'dW1',
        '--sample',
        '50',
        '--reference',
        `${files}/mine.json`,
        '--format',
        'html',
      ],
      { cwd },
    );
    expect(stdout.length).toBeLessThan(5e6);
    const large = folderWith();
    writeFileSync(`${large}/large.html`, stdout);
    const start = performance.now();
    const { page, errors } = await open(browser, urlOf(`${large}/large.html`));
    await page.locator('#map-0 .readout').waitFor({ state: 'attached' });
    expect(performance.now() - start).toBeLessThan(5000);
    expect(await readoutOf(page)).toContain('dW1[200, 700]');
    await page.getByRole('application').first().focus();
    // Each key is answered within a few frames: the time is that of the page itself, without the way to it.
    const longest = (await page.evaluate(`(async () => {
      const map = document.activeElement;
      let longest = 0;
      for (let i = 0; i < 50; i++) {
        const start = performance.now();
        map.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 ? 'ArrowLeft' : 'ArrowDown' }));
        document.body.getBoundingClientRect();
        longest = Math.max(longest, performance.now() - start);
        await new Promise(requestAnimationFrame);
      }
      return longest;
    })()`)) as number;
    expect(longest).toBeLessThan(50);
    expect(await readoutOf(page)).toContain('dW1[225, 675]');
    expect(errors).toEqual([]);
    await page.close();
  });
});
