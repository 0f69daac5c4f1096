import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit, compare, gradcheck, parseConfig, parseReference } from '../../src/index.ts';
import { fixture, root } from '../cli/fcnet.ts';
import { hasChromium, launch, sayWhatIsSkipped, watch } from './chromium.ts';

sayWhatIsSkipped('fcnet/browser, the library without Node, in a real browser');

const HERE = 'https://fcnet.test/';

describe('fcnet/browser', () => {
  const built = readFileSync(`${root}dist/browser.js`, 'utf8');

  test('asks for no other module, and for nothing of Node', () => {
    expect(built).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']|\brequire\(|node:/);
  });

  describe.runIf(hasChromium)('in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());

    /** What a module returns that has the library as it was built, and nothing else. */
    async function inBrowser(program: string): Promise<unknown> {
      const page = await browser.newPage();
      const opened = watch(page);
      const icon = '<!doctype html><html lang="en"><title>fcnet</title><link rel="icon" href="data:,">';
      await page.route('**/*', (route) =>
        route.request().url() === `${HERE}browser.js`
          ? route.fulfill({ contentType: 'text/javascript', body: built })
          : route.fulfill({ contentType: 'text/html', body: icon }),
      );
      await page.goto(HERE);
      const result = await page.evaluate(`import('${HERE}browser.js').then((fcnet) => { ${program} })`);
      expect(opened).toEqual({ page, requests: [HERE, `${HERE}browser.js`], errors: [] });
      await page.close();
      return result;
    }

    test('checks the textbook network as it does in Node', async () => {
      const config = fixture('textbook.json');
      const shown = await inBrowser(`
        const { passed, loss, tensors } = fcnet.gradcheck(fcnet.parseConfig(${JSON.stringify(config)}));
        return { passed, loss: loss.total, names: tensors.map(({ name }) => name), dW2: [...tensors[2].analytic] };`);
      const { loss, tensors } = gradcheck(parseConfig(config));
      expect(shown).toEqual({
        passed: true,
        loss: expect.closeTo(loss.total, 14),
        names: ['dW1', 'db1', 'dW2', 'db2'],
        dW2: [...tensors[2]!.analytic].map((value) => expect.closeTo(value, 14)),
      });
    });

    test('names the mistake in a wrong gradient, says which would be missed, and draws a network', async () => {
      const config = { ...fixture('two-layer.json'), reference: undefined };
      const wrong = fixture('two-layer.no-slope.json');
      const shown = await inBrowser(`
        const problem = fcnet.parseConfig(${JSON.stringify(config)});
        const reference = fcnet.parseReference('mine', ${JSON.stringify(wrong)});
        const { passed, references } = fcnet.compare(problem, [reference]);
        const { config } = fcnet.init({ sizes: [2, 3, 2], N: 4, seed: 1 });
        return {
          passed,
          found: references[0].diagnosis.map(({ mistake, layer }) => [mistake, layer]),
          audit: fcnet.audit(problem).caught,
          drawn: fcnet.gradcheck(fcnet.parseConfig(config)).passed,
          mend: fcnet.explain('missing-slope').mend,
        };`);
      const problem = parseConfig(config);
      const here = compare(problem, [parseReference('mine', wrong)]);
      expect(shown).toEqual({
        passed: false,
        found: here.references[0]!.diagnosis.map(({ mistake, layer }) => [mistake, layer]),
        audit: audit(problem).caught,
        drawn: true,
        mend: expect.stringContaining('slope'),
      });
      expect(here.references[0]!.diagnosis[0]).toMatchObject({ mistake: 'missing-slope', layer: 1 });
    });

    test('refuses what is no network with the same words', async () => {
      const shown = await inBrowser(`
        try { fcnet.parseConfig('{"X": [[1]], "y": [0], "W1": [[1, 2], [3, 4]], "b1": [0, 0]}'); }
        catch (error) { return [error instanceof fcnet.InputError, error.problems.map(({ message }) => message)]; }`);
      expect(shown).toEqual([true, [expect.stringMatching(/^expected /)]]);
    });
  });
});
