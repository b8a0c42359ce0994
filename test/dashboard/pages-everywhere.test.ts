import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import axe from 'axe-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { DashboardBrowser, namesIn } from './dashboard-browser.js';
import { steadyLoad } from './steady-load.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);
const markup = '"><img src=x onerror="document.title=1"><b>bold</b>';

/** Of each page, what its address has; `ID` is an observer's. */
const pages = {
  overview: '',
  observers: 'page=observers',
  observer: 'page=observer&id=ID',
  peers: 'page=peers&tier=tier1&peer=peer-1',
  tree: 'page=tree',
};

let registry: PeerRegistry;
let dashboard: Dashboard;
let browser: DashboardBrowser;
let endLoad: () => Promise<void>;
let id: string;

beforeEach((context) => {
  context.skip(DashboardBrowser.missing !== undefined, DashboardBrowser.missing);
});

beforeAll(async () => {
  if (DashboardBrowser.missing !== undefined) return;
  registry = await createRegistry({ logger: false });
  for (const name of ['mesh', 'kademlia'] as const) {
    await registry.registerObserver({ module: builtIn(name) });
  }
  await registry.registerObserver({ module, host: 'inline', name: markup });
  await registry.upsert(peerNamed(markup, { tier: 'tier4', activeProtocols: [markup] }));
  endLoad = steadyLoad(registry);
  await until('all peers are there', () => registry.peers.stats().total > 400);
  dashboard = await startDashboard(registry, { liveIntervalMs: 250 });
  browser = await DashboardBrowser.launch();
  const { port, token } = dashboard;
  const headers = { authorization: `Bearer ${token}` };
  const got = await fetch(`http://127.0.0.1:${port}/api/observers`, { headers });
  const { observers } = (await got.json()) as { observers: { name: string; id: string }[] };
  ({ id } = observers.find(({ name }) => name === 'kademlia')!);
});

afterAll(async () => {
  await browser?.close();
  await endLoad?.();
  await dashboard?.close();
  await registry?.close();
});

const open = async (name: keyof typeof pages) => {
  const opened = await browser.open(dashboard.url, pages[name].replace('ID', id));
  await opened.page.locator('h1').waitFor();
  return opened;
};

describe('every page', () => {
  const everyPage = Object.keys(pages) as (keyof typeof pages)[];

  it.each(everyPage)('can be used by everybody, light and dark: %s', async (name) => {
    const { page, complaints } = await open(name);
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      const grave = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      const found = grave.map(({ help, nodes }) => [help, nodes.map(({ html }) => html)]);
      expect([colorScheme, found, complaints]).toEqual([colorScheme, [], []]);
    }
    await page.context().close();
  });

  it.each(everyPage)('fits into 360 pixels, and fills 3,840: %s', async (name) => {
    const { page, complaints } = await open(name);
    for (const width of [360, 3_840]) {
      await page.setViewportSize({ width, height: 800 });
      const isWide = 'document.documentElement.scrollWidth';
      await until('it has been laid out', async () => (await page.evaluate(isWide)) === width);
      expect(await page.locator('main').innerText()).not.toBe('');
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('what users have named', () => {
  it('is only ever text', async () => {
    const { page, complaints } = await open('observers');
    await until('it is there', async () => (await namesIn(page)).includes(markup));
    await page.getByRole('link', { name: markup }).click();
    await page.getByRole('heading', { name: markup }).waitFor();
    await page.getByText('Its own figures').waitFor();
    await page.getByRole('link', { name: 'Tree' }).click();
    await page.getByRole('link', { name: markup }).waitFor();
    await page.getByRole('link', { name: 'Peers' }).click();
    await page.getByRole('searchbox', { name: 'Node id, key or DID' }).fill(markup);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('button', { name: markup }).click();
    await page.getByRole('heading', { name: markup }).waitFor();
    expect(await page.locator('main img, main b b').count()).toBe(0);
    expect(await page.title()).toBe('Peers · Panoptes');
    expect(complaints).toEqual([]);
  });
});

describe('peers', () => {
  it('are found by what they are, by what is near, and page by page', async () => {
    const { page, complaints } = await open('peers');
    const ids = () => page.locator('table.grid tbody th').allInnerTexts();
    await until('there is a page', async () => (await ids()).length === 50);
    expect(await page.getByRole('heading', { name: 'peer-1' }).isVisible()).toBe(true);
    const first = await ids();
    await page.getByRole('button', { name: 'Next' }).click();
    await until('it is another', async () => (await ids())[0] !== first[0]);
    expect((await ids()).filter((nodeId) => first.includes(nodeId))).toEqual([]);
    await page.goBack();
    await until('it is the first', async () => (await ids())[0] === first[0]);
    await page.getByRole('searchbox', { name: 'Closest to node id' }).fill('peer-7');
    await page.getByRole('button', { name: 'Find' }).click();
    await until('it is near itself', async () => (await ids())[0] === 'peer-7');
    const { did } = peerNamed('peer-5').peerId;
    await page.getByRole('searchbox', { name: 'Node id, key or DID' }).fill(did);
    await page.keyboard.press('Enter');
    await until('it is found', async () => (await ids()).join() === 'peer-5');
    expect(complaints).toEqual([]);
  });
});

describe('a dashboard that is read-only', () => {
  it('has no buttons to act, and refuses what a page does all the same', async () => {
    const watched = await startDashboard(registry, { readOnly: true });
    const { page, complaints } = await browser.open(watched.url, 'page=observers');
    await page.getByText('This dashboard is read-only.').waitFor();
    await page.getByText('kademlia').waitFor();
    expect(await page.locator('.actions, input[type=checkbox]').count()).toBe(0);
    expect(complaints).toEqual([]);
    const refused = await page.evaluate(
      `fetch('/api/observers/${id}/evict', { method: 'POST' }).then((answer) => answer.json())`,
    );
    expect(refused).toMatchObject({ error: { code: 'DASHBOARD_READ_ONLY' } });
    expect(registry.getObserverStats().registeredObserverNames).toContain('kademlia');
    await watched.close();
  });
});

describe('a place to watch from', () => {
  it('is waited for when as many watch as may', async () => {
    const narrow = await startDashboard(registry, { maxWatchers: 1 });
    const first = await browser.open(narrow.url);
    await until('it watches', async () => {
      return (await first.page.getByRole('status').innerText()) === 'live';
    });
    const second = await browser.open(narrow.url);
    await second.page.getByText('As many watch this dashboard as may.').waitFor();
    await first.page.context().close();
    await second.page.getByRole('heading', { name: 'Overview' }).waitFor();
    await second.page.context().close();
    await narrow.close();
  });
});

describe('a page that nobody sees', () => {
  it('leaves its place to another, and catches up when it is seen again', async () => {
    const narrow = await startDashboard(registry, { maxWatchers: 1 });
    const { page } = await browser.open(narrow.url);
    const heading = { name: 'Overview' };
    await page.getByRole('heading', heading).waitFor();
    const turn = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });` +
          `document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await turn(true);
    const other = await browser.open(narrow.url);
    await other.page.getByRole('heading', heading).waitFor();
    await other.page.context().close();
    const words = page.locator('.chart .unseen').first();
    const before = parseInt(await words.innerText());
    await turn(false);
    await until('it is up to date', async () => parseInt(await words.innerText()) > before);
    await page.context().close();
    await narrow.close();
  });
});

describe('a connection that is lost', () => {
  it('is said, and comes back by itself', async () => {
    const token = 'the-same-one-twice';
    const before = await startDashboard(registry, { token });
    const { port } = before;
    const { page } = await browser.open(before.url);
    const connection = page.getByRole('status');
    await until('it is live', async () => (await connection.innerText()) === 'live');
    await before.close();
    await page.getByText('The connection is lost.').waitFor();
    const after = await startDashboard(registry, { port, token });
    await until('it is live again', async () => (await connection.innerText()) === 'live');
    expect(await page.getByText('The connection is lost.').count()).toBe(0);
    await after.close();
    const other = await startDashboard(registry, { port });
    await page.getByText('The server no longer knows this page').waitFor();
    await other.close();
  });
});
