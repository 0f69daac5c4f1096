import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's; `.ci/run` installs it. */
const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** As root, without a network, and asking nobody for anything by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const hasChromium = existsSync(PROGRAM);

/** Says loudly what is not tested where there is no browser. */
export function sayWhatIsSkipped(what: string): void {
  if (!hasChromium)
    process.stderr.write(
      `\n!!! SKIPPED: ${what}: there is no ${PROGRAM} (apt-get install chromium, or CHROMIUM=…)\n\n`,
    );
}

/** A browser with a new profile. */
export const launch = (): Promise<Browser> => chromium.launch({ executablePath: PROGRAM, args: FLAGS });

/** A page, with all that it asked for and all that went wrong in it. */
export interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly errors: readonly string[];
}

export function watch(page: Page): Opened {
  const [requests, errors]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, requests, errors };
}

export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const opened = watch(await browser.newPage({ viewport: { width: 1100, height: 800 }, ...options }));
  await opened.page.goto(url);
  return opened;
}

export const urlOf = (file: string): string => pathToFileURL(file).href;

/** What axe finds wrong: the rules of WCAG and good practice, each with the elements that break it. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    `axe.run(${JSON.stringify(rules === undefined ? {} : { runOnly: rules })})`,
  );
  return (found as axe.AxeResults).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
