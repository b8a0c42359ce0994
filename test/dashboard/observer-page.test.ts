import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { DashboardBrowser, type DashboardPage } from './dashboard-browser.js';
import { steadyLoad } from './steady-load.js';

const module = new URL('../fixtures/asked.observer.mjs', import.meta.url);
const markup = '"><img src=x onerror="document.title=1"><b>bold</b>';

let registry: PeerRegistry;
let dashboard: Dashboard;
let browser: DashboardBrowser;
let endLoad: () => Promise<void>;
let opened: DashboardPage[] = [];

beforeEach((context) => {
  context.skip(DashboardBrowser.missing !== undefined, DashboardBrowser.missing);
});

beforeAll(async () => {
  if (DashboardBrowser.missing !== undefined) return;
  registry = await createRegistry({ logger: false });
  for (const name of ['asked', 'needed']) await registry.registerObserver({ module, name });
  endLoad = steadyLoad(registry);
  dashboard = await startDashboard(registry, {
    ...{ liveIntervalMs: 250, protectedObservers: ['needed'] },
  });
  browser = await DashboardBrowser.launch();
});

/** What browsers and pages have to complain of; a refusal that a test asks for is told there, too. */
const isExpected = (complaint: string) => complaint.includes('status of 409');

afterEach(async () => {
  const complaints = opened.flatMap(({ complaints }) => complaints);
  await Promise.all(opened.map(({ page }) => page.context().close()));
  opened = [];
  expect(complaints.filter((complaint) => !isExpected(complaint))).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await endLoad?.();
  await dashboard?.close();
  await registry?.close();
});

async function open(name = 'asked', at = dashboard): Promise<Page> {
  const headers = { authorization: `Bearer ${at.token}` };
  const got = await fetch(new URL('/api/observers', at.url), { headers });
  const { observers } = (await got.json()) as { observers: { name: string; id: string }[] };
  const { id } = observers.find((one) => one.name === name)!;
  const page = await browser.open(at.url, `page=observer&id=${id}`);
  opened.push(page);
  await page.page.getByRole('heading', { name: 'Last lines' }).waitFor();
  return page.page;
}

const linesOf = (page: Page) => page.locator('.lines li').allInnerTexts();
const answerOf = (page: Page) => page.getByRole('region', { name: 'Answer' });

async function put(page: Page, query: string, args = ''): Promise<void> {
  await page.getByRole('combobox', { name: 'Query' }).selectOption(query);
  await page.getByRole('textbox', { name: 'Arguments' }).fill(args);
  await page.getByRole('button', { name: 'Ask' }).click();
}

describe('the queries of an observer', () => {
  it('are tried with a form, and answered below it', async () => {
    const page = await open();
    await put(page, 'echo', '["a", {"b": [1, null]}]');
    await page.getByText(/^echo answered in \d.* ms\.$/).waitFor();
    expect(await answerOf(page).innerText()).toBe(
      '[\n  "a",\n  {\n    "b": [\n      1,\n      null\n    ]\n  }\n]',
    );
    await put(page, 'large');
    await page.getByText('only its beginning is shown').waitFor();
    await put(page, markup);
    await until('it is a text', async () => (await answerOf(page).innerText()).includes('<b>bold'));
    expect(await page.locator('main img, main b b').count()).toBe(0);
  });

  it('that fail, or cannot be sent, say why', async () => {
    const page = await open();
    await put(page, 'throws');
    await page.getByText(/^throws failed after/).waitFor();
    const alert = page.getByRole('alert');
    expect(await alert.innerText()).toMatch(/^QUERY_FAILED: .*<b>bold<\/b>/);
    for (const [args, why] of [
      ['{"a": 1}', /^Arguments: expected a list in JSON, as in \["peer-1", 20\]$/],
      ['[1', /^Arguments: expected a list in JSON, .*; .*JSON/],
    ] as const) {
      await put(page, 'size', args);
      await until(args, async () => why.test(await alert.innerText()));
    }
    expect(await answerOf(page).count()).toBe(0);
    // The page has not changed, and asks again.
    await put(page, 'size');
    await page.getByText(/^size answered in/).waitFor();
    expect(await alert.count()).toBe(0);
  });

  it('are asked by the keyboard alone', async () => {
    const page = await open();
    await page.getByRole('combobox', { name: 'Query' }).focus();
    await page.keyboard.type('echo');
    await page.keyboard.press('Tab');
    await page.keyboard.type('[7]');
    await page.keyboard.press('Control+Enter');
    await until('it is answered', async () =>
      (await answerOf(page).allInnerTexts()).join().includes('7'),
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Answer');
  });

  it('are only named where nothing may be done', async () => {
    const needed = await open('needed');
    await needed.getByText('Here none of them can be asked.').waitFor();
    await needed.getByText('The program needs it as it is').waitFor();
    expect(await needed.getByRole('button', { name: /Ask|Evict|Pause/ }).count()).toBe(0);
    // Nor from the table of all, where it can be chosen with others.
    await needed.getByRole('navigation').getByRole('link', { name: 'Observers' }).click();
    await needed.getByRole('checkbox', { name: 'Select needed' }).check();
    for (const name of ['Restart', 'Pause', 'Evict']) {
      expect(await needed.getByRole('button', { name, exact: true }).isDisabled()).toBe(true);
    }
    await using watched = await startDashboard(registry, { readOnly: true });
    const page = await open('asked', watched);
    await page.getByText('Here none of them can be asked.').waitFor();
    expect(await page.getByRole('button', { name: /Ask|Evict|Pause/ }).count()).toBe(0);
    for (const one of opened.splice(-1)) await one.page.context().close();
  });
});

describe('the last lines of an observer', () => {
  it('come as they are printed, markup and escapes as text, and can be told apart', async () => {
    const page = await open();
    const asked = registry.observer('asked');
    await asked.ask('print', [`\u001b[2J${markup}`]);
    await asked.ask('print', ['take care', 'stderr']);
    await until('they are shown', async () => (await linesOf(page)).join().includes('take care'));
    const [printed, warned] = (await linesOf(page)).slice(-2);
    expect(printed).toMatch(/^\d\d:\d\d:\d\d · 1 · stdout\s+\\u001b\[2J"><img src=x/);
    expect(warned).toMatch(/ · 1 · stderr\s+take care$/);
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByRole('combobox', { name: 'From' }).selectOption('supervisor');
    await until('they are some', async () => {
      const lines = await linesOf(page);
      return lines.length > 0 && lines.every((line) => line.includes('· supervisor'));
    });
    expect(new URL(page.url()).searchParams.get('lines')).toBe('supervisor');
    await asked.restart();
    await until('what is said comes', async () =>
      (await linesOf(page)).join().includes('observer restarting'),
    );
  });

  it('follow the newest, unless one has scrolled up to read', async () => {
    const page = await open();
    const box = "document.querySelector('.lines')";
    const place = () =>
      page.evaluate<[number, number]>(
        `[${box}.scrollTop, ${box}.scrollHeight - ${box}.clientHeight]`,
      );
    const asked = registry.observer('asked');
    const flood = async (last: number) => {
      await asked.ask('flood', [last + 1]);
      await until('it is shown', async () => (await linesOf(page)).join().includes(`line ${last}`));
    };
    await flood(40);
    await until('it is at the end', async () => {
      const [top, end] = await place();
      return end > 100 && Math.abs(end - top) < 3;
    });
    await page.evaluate(`${box}.scrollTo(0, 10)`);
    await flood(45);
    expect((await place())[0]).toBeLessThan(60);
  });
});

describe('the charts of an observer', () => {
  const words = (page: Page, chart: string) =>
    page.locator('figure', { hasText: chart }).locator('.unseen').innerText();
  const seconds = async (page: Page, chart: string) => parseInt(await words(page, chart));

  it('are the same after a reload and in another tab, since the server has kept them', async () => {
    const page = await open();
    const charts = ['Lag, transactions', 'Handled a second', 'Handler, 99 %', 'Memory'];
    for (const chart of [...charts, 'size']) {
      await until(`there is some of ${chart}`, async () => (await seconds(page, chart)) >= 8);
    }
    await page.reload();
    const other = await open();
    for (const shown of [page, other]) {
      for (const chart of [...charts, 'size']) {
        // More than it can have seen itself, however long that takes.
        await until(`${chart} is there`, async () => {
          const drawn = await seconds(shown, chart);
          return drawn >= (await shown.evaluate<number>('performance.now() / 1_000')) + 3;
        });
      }
    }
    expect(await words(page, 'Memory')).toMatch(/heap from .* to .* MiB, external from/);
  });
});

describe('a page with an answer and lines', () => {
  it('can be used by everybody, light and dark, and fits into 360 pixels', async () => {
    const page = await open();
    await put(page, 'kinds');
    await answerOf(page).waitFor();
    await registry.observer('asked').ask('print', ['x'.repeat(3_000), 'stderr']);
    await until('it is shown', async () => (await linesOf(page)).join().includes('xxxx'));
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(({ help, nodes }) => [help, nodes.map(({ html }) => html)]);
      expect([colorScheme, found]).toEqual([colorScheme, []]);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    const width = 'document.documentElement.scrollWidth';
    await until('it has been laid out', async () => (await page.evaluate(width)) === 360);
  });
});
