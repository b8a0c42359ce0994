import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';

/** A real browser that looks at dashboards, one for the tests of a file. */
export class DashboardBrowser {
  /** Why there is none here; undefined where there is. */
  static readonly missing = existsSync('/usr/bin/chromium')
    ? undefined
    : 'chromium is not installed: it comes with the package chromium of Debian';

  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** One that asks nobody but the dashboard. */
  static async launch(): Promise<DashboardBrowser> {
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
    ];
    const quiet = ['background-networking', 'component-update', 'sync'];
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [...args, ...quiet.map((what) => `--disable-${what}`)],
    });
    return new DashboardBrowser(browser);
  }

  /**
   * Opens a dashboard as somebody does who clicks its URL.
   *
   * @param parameters - what its address has then
   */
  async open(
    url: string,
    parameters = '',
    options?: BrowserContextOptions,
  ): Promise<DashboardPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 1_440, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (said) => {
      if (said.type() !== 'log') complaints.push(`${said.type()}: ${said.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(String(error.stack)));
    await page.goto(url);
    if (parameters !== '') await page.goto(new URL(`/?${parameters}`, url).href);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** A page that is open, and what it has said on its console. */
export interface DashboardPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** What stands in each cell of a row of the table of observers, by its head. */
export async function cellsOf(page: Page, observer: string): Promise<Record<string, string>> {
  const heads = await page.locator('table.grid thead th').allInnerTexts();
  const row = page.locator('table.grid tbody tr', { hasText: observer });
  const cells = await row.locator('th, td').allInnerTexts();
  return Object.fromEntries(heads.map((head, at) => [head.replace(/ [▴▾]$/, ''), cells[at]!]));
}

/** The names of the observers in the table, from above. */
export const namesIn = (page: Page): Promise<string[]> =>
  page.locator('table.grid tbody th.name').allInnerTexts();
