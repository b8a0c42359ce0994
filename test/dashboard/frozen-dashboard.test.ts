import { type Dashboard, reserveDashboard, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { ask, bearer, refusalOf } from './ask-dashboard.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let dashboard: Dashboard | undefined;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
});
afterEach(async () => {
  await dashboard?.close();
  await registry.close();
});

async function asked<T = Record<string, unknown>>(path: string): Promise<T> {
  return (await ask(dashboard!, { path })).json() as T;
}

/** The first sample that somebody gets who begins to watch. */
async function firstSample(): Promise<unknown> {
  const { port, token } = dashboard!;
  const address = `http://127.0.0.1:${port}/api/live`;
  const { body } = await fetch(address, { headers: bearer(token) as Record<string, string> });
  let text = '';
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const [, json] = /^event: sample\ndata: (.*)\n\n/.exec(text) ?? [];
    if (json !== undefined) return JSON.parse(json);
  }
  throw new Error('it was let go');
}

describe('a dashboard that is reserved', () => {
  it('says that there is nothing yet, and then shows one registry', async () => {
    await using reserved = await reserveDashboard();
    for (const path of ['/', '/api/overview', '/metrics']) {
      expect(await refusalOf(reserved, { path })).toEqual([503, 'DASHBOARD_NOT_OPEN']);
    }
    expect(() => reserved.show({} as never)).toThrow('expected what createRegistry gives');
    const { url, token } = reserved;
    dashboard = reserved.show(registry);
    expect(dashboard).toMatchObject({ url, token });
    expect(await asked('/api/overview')).toMatchObject({ registry: { id: registry.id } });
    expect(() => reserved.show(registry)).toThrow('expected one registry');
    await reserved.close();
    await expect(ask(dashboard, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('the overview', () => {
  it('has what the program says of itself, as it is then', async () => {
    let share = 0;
    const about = () => [{ label: 'progress', value: `<b>${share}</b>`, share }];
    dashboard = await startDashboard(registry, { about });
    for (share of [0, 0.5]) {
      expect(await asked('/api/overview')).toMatchObject({
        frozenAt: null,
        about: [{ label: 'progress', value: `<b>${share}</b>`, share }],
      });
    }
  });
});

describe('a dashboard that is frozen', () => {
  it('shows the registry as it was, with observers that are gone and their figures', async () => {
    let phase = 'early';
    const about = () => [{ label: 'phase', value: phase }];
    dashboard = await startDashboard(registry, { about, liveIntervalMs: 250 });
    await registry.registerObserver({ module });
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    const before = await asked<{ observer: object }>('/api/observers/measured');
    phase = 'last';
    await dashboard.freeze();
    phase = 'over';
    await registry.upsert(peerNamed('b'));
    await registry.close();

    const end = { frozenAt: expect.any(Number) as number, about: [{ value: 'last' }] };
    const overview = { ...end, figures: { registry: { committed: 1 }, watched: { observers: 1 } } };
    const observers = [{ name: 'measured', state: 'live', delivered: 1 }];
    expect(await asked('/api/overview')).toMatchObject(overview);
    expect(await asked('/api/observers')).toMatchObject({ observers });
    expect(await firstSample()).toMatchObject({ overview, observers });
    const after = await asked<{ metrics: object; timeline: object[] }>('/api/observers/measured');
    expect(after).toMatchObject({ observer: observers[0], reasons: [] });
    expect(after.metrics).toMatchObject({ seq: 1, readings: expect.any(Array) as object[] });
    expect(after.timeline).toHaveLength((before as unknown as typeof after).timeline.length);
  });

  it('does nothing to observers that are gone', async () => {
    dashboard = await startDashboard(registry);
    await registry.registerObserver({ module });
    await dashboard.freeze();
    await registry.close();
    const evict = { method: 'POST', path: '/api/observers/measured/evict' };
    expect(await refusalOf(dashboard, evict)).toEqual([403, 'DASHBOARD_READ_ONLY']);
  });
});
