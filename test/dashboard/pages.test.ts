import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { DashboardBrowser, type DashboardPage, cellsOf, namesIn } from './dashboard-browser.js';
import { steadyLoad } from './steady-load.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);

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
  await registry.registerObserver({ module: builtIn('mesh') });
  for (const name of ['alpha', 'beta', 'gamma']) {
    await registry.registerObserver({ module, host: 'inline', name });
  }
  endLoad = steadyLoad(registry);
  dashboard = await startDashboard(registry, { liveIntervalMs: 250 });
  browser = await DashboardBrowser.launch();
});

afterEach(async () => {
  const complaints = opened.flatMap(({ complaints }) => complaints);
  await Promise.all(opened.map(({ page }) => page.context().close()));
  opened = [];
  expect(complaints).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await endLoad?.();
  await dashboard?.close();
  await registry?.close();
});

async function open(parameters = ''): Promise<Page> {
  const page = await browser.open(dashboard.url, parameters);
  opened.push(page);
  await page.page.locator('h1').waitFor();
  return page.page;
}

const tile = (page: Page, label: string) =>
  page.locator('.tiles > div', { has: page.getByText(label, { exact: true }) }).locator('dd');

const numberIn = async (page: Page, label: string): Promise<number> =>
  Number((await tile(page, label).innerText()).replaceAll(',', ''));

describe('whoever opens the dashboard', () => {
  it('has left the token behind, and watches the registry work', async () => {
    const page = await open();
    expect(page.url()).toBe(`http://127.0.0.1:${dashboard.port}/`);
    expect(await tile(page, 'Registry').innerText()).toBe('open');
    const before = await numberIn(page, 'Committed');
    await until('it grows', async () => (await numberIn(page, 'Committed')) > before);
    await until('rejects are seen', async () => (await numberIn(page, 'Rejects/s')) > 0);
    expect(await page.getByRole('meter', { name: 'Places for observers' }).isVisible()).toBe(true);
  });

  it('finds the history again after a reload, since the server has kept it', async () => {
    const page = await open();
    const seconds = async (): Promise<number> =>
      parseInt(await page.locator('.chart .unseen').first().innerText());
    await until('there is some', async () => (await seconds()) >= 4);
    const before = await seconds();
    await page.reload();
    await page.locator('.chart').first().waitFor();
    await until('it is there', async () => (await seconds()) >= before);
    const { rows } = await page.evaluate<{ rows: number[][] }>(
      "fetch('/api/history').then((got) => got.json())",
    );
    const kept = (rows.at(-1)![0]! - rows[0]![0]!) / 1_000;
    // Both are of the server: none began to count when the page was loaded.
    expect(Math.abs(kept - (await seconds()))).toBeLessThan(5);
  });

  it('can have the view stand still, and go on with what is then', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Freeze' }).click();
    const still = await numberIn(page, 'Committed');
    const { committed } = registry.counters;
    await until('much happens', () => registry.counters.committed > committed + 100);
    expect(await numberIn(page, 'Committed')).toBe(still);
    expect(await page.getByRole('status').innerText()).toBe('frozen');
    await page.getByRole('button', { name: 'Go on' }).click();
    await until('it moves', async () => (await numberIn(page, 'Committed')) > still);
  });

  it('sees an observer that is killed by its fault start again, and why', async () => {
    const victim = await registry.registerObserver({ module, name: 'victim' });
    const page = await open('page=observers');
    await until('it is there', async () => (await cellsOf(page, 'victim'))['State'] === 'live');
    expect(await cellsOf(page, 'victim')).toMatchObject({ Restarts: '0', Host: 'thread' });
    await victim.ask('exit', []).catch(() => undefined);
    await until('it was restarted', async () => {
      const { State, Restarts } = await cellsOf(page, 'victim');
      return State === 'live' && Restarts === '1';
    });
    await page.getByRole('link', { name: 'victim' }).click();
    const timeline = page.locator('section', { has: page.getByText('Timeline') });
    await timeline.getByText('exit-3', { exact: true }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('victim');
    await page.getByRole('navigation').getByRole('link', { name: 'Observers' }).click();
    await registry.unregisterObserver('victim');
    await until('it is gone', async () => !(await namesIn(page)).includes('victim'));
  });

  it('restarts, pauses and resumes an observer by a button', async () => {
    const page = await open('page=observers&sort=name');
    const button = (name: string) => page.locator('.toolbar').getByRole('button', { name });
    const act = async (action: string) => {
      await button(action).click();
      await page.getByRole('dialog').getByRole('button', { name: action }).click();
    };
    const isSoon = (what: Record<string, string>) =>
      until(JSON.stringify(what), async () => {
        const cells = await cellsOf(page, 'beta');
        return Object.entries(what).every(([head, text]) => cells[head] === text);
      });
    await page.getByRole('checkbox', { name: 'Select beta' }).check();
    expect(await button('Resume').isDisabled()).toBe(true);
    await act('Restart');
    await page.getByText('Restarted 1 of 1.').waitFor();
    await isSoon({ State: 'live' });
    expect(registry.observer('beta').stats().incarnation).toBe(2);
    await act('Pause');
    await isSoon({ State: 'paused' });
    expect(registry.observer('beta').state).toBe('paused');
    await act('Resume');
    await isSoon({ State: 'live' });
    expect(registry.observer('alpha').stats().incarnation).toBe(1);
  });

  it('evicts observers by a button, but not before having been asked', async () => {
    for (const name of ['first', 'second']) {
      await registry.registerObserver({ module, host: 'inline', name });
    }
    const page = await open('page=observers&search=s');
    await page.getByRole('checkbox', { name: 'Select first' }).check();
    await page.getByRole('checkbox', { name: 'Select second' }).check();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Evict' }).click();
    expect(await dialog.innerText()).toMatch(/^Evict 2 observers\?[^]*first\s+second/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(registry.getObserverStats().registeredObserverNames).toContain('first');
    await page.getByRole('button', { name: 'Evict' }).click();
    await dialog.getByRole('button', { name: 'Evict' }).click();
    await page.getByText('Evicted 2 of 2.').waitFor();
    await until('they are gone', async () => !(await namesIn(page)).join().includes('second'));
    expect(registry.getObserverStats().registeredObserverNames).not.toContain('first');
  });
});

describe('the table of observers', () => {
  it('is sorted and filtered, and its address shows others the same', async () => {
    const page = await open('page=observers');
    await page.getByRole('button', { name: 'Name' }).click();
    expect(await namesIn(page)).toEqual(['alpha', 'beta', 'gamma', 'mesh']);
    await page.getByRole('button', { name: 'Name' }).click();
    expect(await namesIn(page)).toEqual(['mesh', 'gamma', 'beta', 'alpha']);
    await page.getByRole('searchbox', { name: 'Name' }).fill('A');
    expect(await namesIn(page)).toEqual(['gamma', 'beta', 'alpha']);
    await page.getByRole('combobox', { name: 'Role' }).selectOption('best-effort');
    const address = new URL(page.url()).searchParams;
    expect(Object.fromEntries(address)).toEqual({
      ...{ page: 'observers', sort: 'name', order: 'desc', search: 'A', role: 'best-effort' },
    });
    const other = await open(address.toString());
    expect(await namesIn(other)).toEqual(['gamma', 'beta', 'alpha']);
    const head = other.getByRole('columnheader', { name: 'Name' });
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await other.getByRole('combobox', { name: 'Role' }).selectOption('critical');
    await other.getByText('No observer fits.').waitFor();
    await other.goBack();
    await until('they are back', async () => (await namesIn(other)).length === 3);
  });

  it('changes what has changed, and keeps every row and cell', async () => {
    const page = await open('page=observers&sort=name');
    await page.evaluate(
      "for (const cell of document.querySelectorAll('tbody *')) cell.known = true",
    );
    const before = await cellsOf(page, 'mesh');
    const { committed } = registry.counters;
    await until('much happens', () => registry.counters.committed > committed + 200);
    await until('it is seen', async () => {
      const now = await cellsOf(page, 'mesh');
      return Object.keys(now).some((head) => now[head] !== before[head]);
    });
    const news = "[...document.querySelectorAll('tbody *')].filter((cell) => !cell.known).length";
    expect(await page.evaluate(news)).toBe(0);
  });
});
