import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figures, observerStates } from '@panoptes/core';
import { prometheusMetrics } from '@panoptes/dashboard';
import { lmdbStore } from '@panoptes/store';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { type ParsedFamily, parsedMetrics, valueOf } from './parsed-metrics.js';

const measured = new URL('../fixtures/measured.observer.mjs', import.meta.url);
const voter = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'panoptes-metrics-'));

/** Names that mean something in markup, in the text format, in JavaScript or in a terminal. */
const oddNames = [
  '</script><script>alert(1)</script>',
  'quo"te} 1\n# TYPE panoptes_build_info counter',
  'back\\slash\\n and "',
  '__proto__',
  '\r\t\0\u001b[2J',
  'half \ud800',
  'half \ud801',
  'x'.repeat(128),
];

let registry: PeerRegistry;
let text: string;
let families: Map<string, ParsedFamily>;
beforeAll(async () => {
  const store = lmdbStore({ path: join(folder, 'store') });
  registry = await createRegistry({ logger: false, store });
  await registry.registerObserver({ module: voter, role: 'critical' });
  await registry.registerObserver({ module: builtIn('kademlia') });
  for (const name of oddNames) {
    await registry.registerObserver({ module: measured, name, host: 'inline' });
  }
  for (const name of ['a', 'bb', 'ccc', 'ddddd']) await registry.upsert(peerNamed(name));
  await registry.remove('a');
  await registry.settled();
  await registry.durable();
  text = await prometheusMetrics(registry).text();
  families = parsedMetrics(text);
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

describe('the metrics for Prometheus', () => {
  it('are what promtool has nothing against', (context) => {
    const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    if (error !== undefined) {
      context.skip('promtool is not installed: it comes with the package prometheus of Debian');
    }
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('have every figure that is described, once, in its words', () => {
    const helps = Array.from(families.values(), ({ help }) => help);
    for (const { says } of Object.values(figures).flat()) {
      const written = says.replaceAll('\\', '\\\\');
      expect(helps.filter((help) => help.includes(written))).toHaveLength(1);
    }
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!);
    expect(new Set(names).size).toBe(names.length);
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const identities = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(identities).size).toBe(identities.length);
    expect(series.length).toBeGreaterThan(300);
  });

  it('say what the registry says of itself', () => {
    const { counters, lastSeq } = registry;
    const log = registry.logStats();
    expect({
      commits: valueOf(families, 'panoptes_commits_total'),
      removed: valueOf(families, 'panoptes_peers_removed_total'),
      written: valueOf(families, 'panoptes_log_written_bytes_total'),
      durable: valueOf(families, 'panoptes_store_durable_seq'),
      peers: valueOf(families, 'panoptes_peers'),
      maxPeers: valueOf(families, 'panoptes_peers_limit'),
      open: valueOf(families, 'panoptes_registry_state', { state: 'open' }),
      closed: valueOf(families, 'panoptes_registry_state', { state: 'closed' }),
      observers: valueOf(families, 'panoptes_observers'),
      limit: valueOf(families, 'panoptes_observers_limit'),
    }).toEqual({
      ...{ commits: counters.committed, removed: counters.removed, written: log.writtenBytes },
      ...{ durable: lastSeq, peers: registry.peers.size, open: 1, closed: 0 },
      maxPeers: 10_000,
      ...{ observers: oddNames.length + 2, limit: 50 },
    });
    const version = { version: '0.1.0', node: process.versions.node };
    expect(valueOf(families, 'panoptes_build_info', version)).toBe(1);
  });

  it('have how long commits took as a histogram of seconds', () => {
    const name = 'panoptes_commit_duration_seconds';
    expect(text).toContain(`# TYPE ${name} histogram`);
    const series = [
      ...text.matchAll(new RegExp(`^${name}_(\\w+)(?:\\{le="(.*)"\\})? (.*)$`, 'gm')),
    ];
    const of = (part: string) => series.filter(([, one]) => one === part);
    const { count, sum, counts } = registry.counters.commitMs;
    expect(of('count').map(([, , , value]) => value)).toEqual(['5']);
    expect(count).toBe(registry.counters.committed);
    expect(Number(of('sum')[0]![3])).toBeCloseTo(sum / 1_000, 9);
    let below = 0;
    const { bounds } = figures.registry.find((one) => one.id === 'commitMs')!;
    expect(of('bucket').map(([, , le, value]) => [le, value])).toEqual([
      ...bounds.map((bound, at) => [`${bound / 1_000}`, `${(below += counts[at]!)}`]),
      ['+Inf', '5'],
    ]);
  });

  it('say of each observer what it says, in seconds and bytes', () => {
    for (const stats of registry.getObserverStats().observers) {
      const observer = labelOf(stats.name);
      const value = (name: string) => valueOf(families, `panoptes_observer_${name}`, { observer });
      expect(value('cursor_seq')).toBe(stats.cursor);
      expect(value('transactions_total')).toBe(stats.delivered);
      expect(value('registered_timestamp_seconds')).toBe(stats.registeredAt / 1_000);
      expect(value('votes_total')).toBe(stats.votes?.votes);
      const states = observerStates.map((state) =>
        valueOf(families, 'panoptes_observer_state', { observer, state }),
      );
      expect(states).toEqual(observerStates.map((state) => Number(state === stats.state)));
    }
    expect(text).toMatch(/_handler_duration_seconds\{observer="kademlia",quantile="0.5"\} 0\.0\d/);
    expect(text).toMatch(/_vote_latency_seconds\{observer="voter",quantile="0.99"\} 0\.\d/);
  });

  it('have the figures of observers’ own, and the buckets of their histograms', () => {
    const contacts = { observer: 'kademlia', metric: 'contacts' };
    expect(valueOf(families, 'panoptes_observer_metric', contacts)).toBe(3);
    for (const name of oddNames) {
      const observer = labelOf(name);
      const peers = valueOf(families, 'panoptes_observer_metric', { observer, metric: 'peers' });
      expect(peers).toBe(3);
      expect(valueOf(families, 'panoptes_observer_metrics_up', { observer })).toBe(1);
    }
    const lengths = [...text.matchAll(/_distribution_(\w+)\{observer="__proto__",(.*)\} (\d+)/g)];
    expect(lengths.map(([, part, labels, value]) => [part, labels, value])).toEqual([
      ['bucket', 'metric="nameLengths",le="2"', '1'],
      ['bucket', 'metric="nameLengths",le="4"', '2'],
      ['bucket', 'metric="nameLengths",le="+Inf"', '3'],
      ['sum', 'metric="nameLengths"', '10'],
      ['count', 'metric="nameLengths"', '3'],
    ]);
  });

  it('are still there when the registry is closed, without its observers', async () => {
    const other = await createRegistry({ logger: false });
    const metrics = prometheusMetrics(other);
    await other.upsert(peerNamed('a'));
    await other.close();
    const last = parsedMetrics(await metrics.text());
    expect(valueOf(last, 'panoptes_commits_total')).toBe(1);
    expect(valueOf(last, 'panoptes_registry_state', { state: 'closed' })).toBe(1);
  });
});

/** Half a character cannot be written; which one it was is in a hash. */
const labelOf = (name: string): string => {
  const labels = families
    .get('panoptes_observer_cursor_seq')!
    .metrics.map(({ labels }) => labels!['observer']!);
  if (name.isWellFormed()) return name;
  const halves = labels.filter((label) => label.startsWith(`${name.toWellFormed()}#`));
  expect(halves).toHaveLength(2);
  return halves[oddNames.filter((one) => !one.isWellFormed()).indexOf(name)]!;
};
