import { fileURLToPath } from 'node:url';
import { startDashboard } from '@panoptes/dashboard';
import { builtIn, createRegistry } from '@panoptes/workers';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { DashboardBrowser } from './dashboard-browser.js';
import { steadyLoad } from './steady-load.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);

/** Scrolls to where the last lines of an observer begin. */
const toLines =
  "scrollTo(0, document.querySelector('#lines').getBoundingClientRect().top + scrollY - 80)";

/** Milliseconds after which there is something to see in the charts. */
const historyMs = 50_000;
const traceMs = 6_000;

/** Has an answer stand on the page of an observer. */
async function askForClosest(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Query' }).selectOption('closest');
  await page.getByRole('textbox', { name: 'Arguments' }).fill('["peer-7", 4]');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByText('closest answered in').waitFor();
}

describe('the pictures of the pages', () => {
  const wanted = process.env['PANOPTES_PICTURES'];
  it.skipIf(wanted === undefined)(
    'are taken when PANOPTES_PICTURES asks for them',
    async () => {
      const registry = await createRegistry({ logger: false });
      for (const name of ['kademlia', 'mesh', 'validators'] as const) {
        await registry.registerObserver({ module: builtIn(name) });
      }
      for (const [place, name] of ['latency', 'reputation', 'routes', 'audit', 'geo'].entries()) {
        const host = place < 3 ? 'thread' : 'inline';
        await registry.registerObserver({ module, host, name });
      }
      const endLoad = steadyLoad(registry);
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const dashboard = await startDashboard(registry);
      await pause(historyMs);
      const routes = registry.observer('routes');
      await routes.ask('exit', []).catch(() => undefined);
      await until('it is back', () => routes.stats().restarts === 1 && routes.state === 'live');
      await registry.observer('audit').pause();
      const browser = await DashboardBrowser.launch();
      const get = { headers: { authorization: `Bearer ${dashboard.token}` } };
      const got = await fetch(new URL('/api/observers', dashboard.url), get);
      const { observers } = (await got.json()) as { observers: { name: string; id: string }[] };
      const idOf = (wanted: string) => observers.find(({ name }) => name === wanted)!.id;
      await registry.observer('kademlia').restart();
      const pages = {
        overview: '',
        observers: 'page=observers&sort=name',
        observer: `page=observer&id=${idOf('routes')}`,
        queries: `page=observer&id=${idOf('kademlia')}`,
        peers: 'page=peers&closest=peer-7&peer=peer-7',
        tree: 'page=tree',
      };
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const [name, parameters] of Object.entries(pages)) {
          const isWide = name === 'peers';
          const viewport = { width: isWide ? 1_280 : 1_200, height: isWide ? 480 : 680 };
          const { page, complaints } = await browser.open(dashboard.url, parameters, {
            ...{ colorScheme, viewport },
          });
          await page.locator('h1').waitFor();
          if (name === 'queries') await askForClosest(page);
          await pause(traceMs);
          const file = `../../docs/images/dashboard-${name}-${colorScheme}.png`;
          if (name === 'queries') await page.evaluate(toLines);
          await page.screenshot({ path: fileURLToPath(new URL(file, import.meta.url)) });
          expect(complaints).toEqual([]);
          await page.context().close();
        }
      }
      await browser.close();
      await endLoad();
      await dashboard.close();
      await registry.close();
    },
    400_000,
  );
});
