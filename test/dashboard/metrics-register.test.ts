import { prometheusMetrics, registerMetrics } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { parsedMetrics, valueOf } from './parsed-metrics.js';

const measured = new URL('../fixtures/measured.observer.mjs', import.meta.url);

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({ logger: false, observers: { hangTimeoutMs: 2_000 } });
});
afterEach(() => registry.close());

describe('a register of prom-client that a program has', () => {
  it('has the metrics beside its own until they are taken out, and nothing of them then', async () => {
    const register = new Registry();
    const own = new Counter({ name: 'own_total', help: 'Own.', registers: [register] });
    own.inc(3);
    const before = await register.metrics();
    const unregister = registerMetrics(registry, register);
    await registry.upsert(peerNamed('a'));
    const families = parsedMetrics(await register.metrics());
    expect(valueOf(families, 'own_total')).toBe(3);
    expect(valueOf(families, 'panoptes_commits_total')).toBe(1);
    const json = await register.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'panoptes_peers')?.values).toEqual([
      { labels: {}, value: 1 },
    ]);
    unregister();
    expect(await register.metrics()).toBe(before);
    // What has taken a name since then stays.
    new Counter({ name: 'panoptes_commits_total', help: 'Other.', registers: [register] });
    unregister();
    expect(register.getSingleMetric('panoptes_commits_total')).toBeDefined();
  });

  it('loses nothing that is counted when it is reset', async () => {
    const register = new Registry();
    registerMetrics(registry, register);
    await registry.upsert(peerNamed('a'));
    register.resetMetrics();
    const families = parsedMetrics(await register.metrics());
    expect(valueOf(families, 'panoptes_commits_total')).toBe(1);
  });

  it('may be one of OpenMetrics', async () => {
    const register = new Registry();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const unregister = registerMetrics(registry, register);
    await registry.upsert(peerNamed('a'));
    for (let time = 0; time < 2; time++) {
      const text = await register.metrics();
      expect(text).toContain('# TYPE panoptes_commits counter\npanoptes_commits_total 1\n');
      expect(text).toMatch(/# EOF\n$/);
    }
    unregister();
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('has those of one registry at a time: a second one is refused, and leaves nothing', async () => {
    const register = new Registry();
    const unregister = registerMetrics(registry, register);
    const before = register.getMetricsAsArray();
    expect(() => registerMetrics(registry, register)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('it has panoptes_registry_state') as string,
      }) as Error,
    );
    expect(register.getMetricsAsArray()).toEqual(before);
    unregister();
    registerMetrics(registry, register);
    expect(await register.metrics()).toContain('panoptes_commits_total 0');
  });

  it.each([
    ['registry', [{}, new Registry()], /^registry: expected what createRegistry gives, got an obj/],
    ['register', [undefined, {}], /^register: expected a Registry of prom-client, got an object$/],
    [
      'limit',
      [undefined, new Registry(), { metricsTimeoutMs: 0 }],
      /^option 'metricsTimeoutMs': e/,
    ],
    ['option', [undefined, new Registry(), { limit: 5 }], /^option 'limit': no such option/],
  ])('is refused what is no %s', (_, [peers, register, options], message) => {
    const call = () =>
      registerMetrics((peers ?? registry) as never, register as never, options as never);
    expect(call).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});

describe('a scrape', () => {
  it('looks at the registry once, however much there is to say', async () => {
    const look = vi.spyOn(registry, 'getObserverStats');
    const metrics = prometheusMetrics(registry);
    await metrics.text();
    await metrics.text();
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('is of one moment, whatever is committed while it is written', async () => {
    let isOver = false;
    const traffic = (async () => {
      for (let n = 0; !isOver; n++) await registry.upsert(peerNamed(`peer-${n}`));
    })();
    const metrics = prometheusMetrics(registry);
    const said: (number | undefined)[][] = [];
    for (let n = 0; n < 5; n++) {
      const families = parsedMetrics(await metrics.text());
      const values = ['commits_total', 'peers_added_total', 'log_last_seq'].map((name) =>
        valueOf(families, `panoptes_${name}`),
      );
      said.push(values);
    }
    isOver = true;
    await traffic;
    expect(said).toEqual(said.map(([commits]) => [commits, commits, commits]));
    expect(new Set(said.flat()).size).toBe(5);
  });

  it('has all others’ metrics when one observer never answers, and asks that one once', async () => {
    await registry.registerObserver({ module: measured, name: 'well' });
    const stuck = await registry.registerObserver({ module: measured, name: 'stuck' });
    await stuck.ask('become', [{ gauge: 'never ends' }]);
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    const asked = vi.spyOn(registry, 'observer');
    // The registry ends it long before: what is asked meanwhile is one question.
    const metrics = prometheusMetrics(registry, { metricsTimeoutMs: 10_000 });
    const asking: Promise<string>[] = [];
    for (let n = 0; n < 20; n++) {
      asking.push(metrics.text());
      await new Promise((resolve) => setImmediate(resolve));
    }
    const texts = await Promise.all(asking);
    expect(asked.mock.calls.filter(([name]) => name === 'stuck')).toHaveLength(1);
    for (const families of texts.map(parsedMetrics)) {
      const up = (observer: string) =>
        valueOf(families, 'panoptes_observer_metrics_up', { observer });
      const peers = (observer: string) =>
        valueOf(families, 'panoptes_observer_metric', { observer, metric: 'peers' });
      expect([up('well'), peers('well')]).toEqual([1, 1]);
      expect([up('stuck'), peers('stuck')]).toEqual([0, undefined]);
      expect(valueOf(families, 'panoptes_commits_total')).toBe(1);
    }
    // The registry ends it for not answering, as it does whoever hangs; the next one is asked again.
    await until('it is restarted', () => stuck.stats().incarnation === 2 && stuck.state === 'live');
    const families = parsedMetrics(await metrics.text());
    expect(valueOf(families, 'panoptes_observer_metrics_up', { observer: 'stuck' })).toBe(1);
  });

  it('is without the figures that an observer cannot say, and says that', async () => {
    const module = measured;
    await registry.registerObserver({ module, host: 'inline', options: { gauge: 'throws' } });
    const families = parsedMetrics(await prometheusMetrics(registry).text());
    const value = (metric: string) =>
      valueOf(families, 'panoptes_observer_metric', { observer: 'measured', metric });
    expect([value('peers'), value('wayward')]).toEqual([0, undefined]);
    expect(valueOf(families, 'panoptes_observer_metrics_up', { observer: 'measured' })).toBe(0);
  });
});
