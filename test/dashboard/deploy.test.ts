import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prometheusMetrics } from '@panoptes/dashboard';
import { lmdbStore } from '@panoptes/store';
import { createRegistry, createReplica } from '@panoptes/workers';
import { type TestContext, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RestingSource } from '../fixtures/resting-source.js';
import { peerNamed } from '../fixtures/random-traffic.js';

const deploy = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
const measured = new URL('../fixtures/measured.observer.mjs', import.meta.url);
const voter = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'panoptes-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const rulesFile = deploy('prometheus-alerts.yml');
const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

const dashboard = JSON.parse(readFileSync(deploy('grafana-dashboard.json'), 'utf8')) as object;
/** What stands under these keys, wherever in the document that is. */
const everyText = (of: unknown, key: string): string[] =>
  Object.entries((of ?? {}) as Record<string, unknown>).flatMap(([name, value]) => [
    ...(name === key && typeof value === 'string' ? [value] : []),
    ...(typeof value === 'object' ? everyText(value, key) : []),
  ]);
const shown = everyText(dashboard, 'expr');
const asked = everyText(dashboard, 'query').filter((text) => text.startsWith('label_values('));

/** The names of real series, each with the labels and values that it has. */
const real = new Map<string, Map<string, Set<string>>>();
beforeAll(async () => {
  const store = lmdbStore({ path: join(folder, 'store') });
  const registry = await createRegistry({ logger: false, store });
  await registry.registerObserver({ module: voter, role: 'critical', host: 'inline' });
  await registry.registerObserver({ module: measured, host: 'inline' });
  await registry.upsert(peerNamed('a'));
  await registry.durable();
  const replica = await createReplica({ source: new RestingSource(registry.id), logger: false });
  const texts = [registry, replica].map((one) => prometheusMetrics(one).text());
  const text = (await Promise.all(texts)).join('\n');
  await Promise.all([registry.close(), replica.close()]);
  for (const [, name, labels] of text.matchAll(/^(panoptes_\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = real.get(name!) ?? new Map<string, Set<string>>();
    real.set(name!, known);
    for (const [, label, value] of (labels ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label!, (known.get(label!) ?? new Set()).add(value!));
    }
  }
});

/** What an expression asks for that no registry says. */
function unknownIn(expr: string): string[] {
  return [...expr.matchAll(/\b(panoptes_\w+)(?:\{([^}]*)\})?/g)].flatMap(([, name, selector]) => {
    const labels = real.get(name!);
    if (labels === undefined) return [name!];
    return [...(selector ?? '').matchAll(/(\w+)=(~?)"([^"]*)"/g)].flatMap(
      ([, label, isPattern, value]) => {
        // Prometheus puts it there, by the name of the scrape.
        if (label === 'job') return [];
        const isKnown =
          labels.has(label!) && (isPattern === '~' || labels.get(label!)!.has(value!));
        return isKnown ? [] : [`${name!}{${label!}="${value!}"}`];
      },
    );
  });
}

/** Skips a test where there is no promtool. */
function promtool(context: TestContext, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error !== undefined) {
    context.skip('promtool is not installed: it comes with the package prometheus of Debian');
  }
  return `${status ?? 'killed'}\n${stdout}${stderr}`;
}

describe('the alerts', () => {
  it('ask for what there is, and say who is meant', () => {
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, expr, annotations } of rules) {
      expect([alert, unknownIn(expr)]).toEqual([alert, []]);
      const meant = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(
        ([, label]) => label!,
      );
      const named = [...expr.matchAll(/panoptes_\w+/g)].map(([name]) => real.get(name)!);
      for (const label of meant) expect(named.every((labels) => labels.has(label))).toBe(true);
    }
  });

  it('are rules, which fire when things are bad, and only then', (context) => {
    const checked = promtool(context, 'check', 'rules', rulesFile);
    expect(checked).toContain(`SUCCESS: ${rules.length} rules found`);
    const firing = (alerts: readonly string[]) => ({
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: '20m',
      exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    });
    const test = (series: Readonly<Record<string, string>>, alerts: readonly string[]) => ({
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [firing(alerts)],
    });
    const file = join(folder, 'alerts.test.yml');
    const others = rules.map(({ alert }) => alert).filter((alert) => alert !== 'PanoptesGone');
    const tests = [test(healthy, []), test(bad, others), test({}, ['PanoptesGone'])];
    // Text in JSON is text in YAML.
    writeFileSync(
      file,
      JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }),
    );
    expect(promtool(context, 'test', 'rules', file)).toMatch(/^0\n.*SUCCESS/s);
  });
});

describe('the dashboard of Grafana', () => {
  it('shows what there is', () => {
    expect(shown.length).toBeGreaterThan(30);
    for (const expr of [...shown, ...asked]) expect([expr, unknownIn(expr)]).toEqual([expr, []]);
    const legends = everyText(dashboard, 'legendFormat').join();
    const labels = new Set([...real.values()].flatMap((known) => [...known.keys()]));
    for (const [, label] of legends.matchAll(/\{\{(\w+)\}\}/g)) expect(labels).toContain(label);
  });

  it('asks Prometheus what it understands', (context) => {
    const asRules = shown.map((expr, at) => ({
      record: `panel:${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(?:job|observer)/g, '.*'),
    }));
    const file = join(folder, 'panels.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: asRules }] }));
    expect(promtool(context, 'check', 'rules', file)).toContain(`${asRules.length} rules found`);
  });
});

const healthy = {
  'panoptes_build_info{version="0.1.0"}': '1x30',
  'panoptes_registry_state{state="failed"}': '0x30',
  panoptes_peers: '7999x30',
  panoptes_peers_limit: '10000x30',
  panoptes_observers: '3x30',
  panoptes_observers_limit: '50x30',
  'panoptes_observer_state{observer="a",state="quarantined"}': '0x30',
  'panoptes_observer_restarts_total{observer="a"}': '2x30',
  'panoptes_observer_lag_transactions{observer="a"}': '10x30',
  'panoptes_observer_resyncs_total{observer="a"}': '1x30',
  'panoptes_observer_dead_letters_total{observer="a"}': '1x30',
  'panoptes_observer_metrics_up{observer="a"}': '1x30',
  panoptes_zombie_threads: '0x30',
  panoptes_transactions_vetoed_total: '0+1x30',
  panoptes_commits_total: '0+1000x30',
  'panoptes_commit_duration_seconds_bucket{le="0.5"}': '0+1000x30',
  'panoptes_commit_duration_seconds_bucket{le="5"}': '0+1000x30',
  'panoptes_commit_duration_seconds_bucket{le="+Inf"}': '0+1000x30',
  'panoptes_observer_vote_timeouts_total{observer="a"}': '0x30',
  'panoptes_observer_votes_total{observer="a"}': '0+1000x30',
  panoptes_store_unsynced_transactions: '5000x30',
  'panoptes_store_sync_duration_seconds{quantile="0.99"}': '0.02x30',
  'panoptes_replica_following{instance="a"}': '1x30',
  // One that was promoted is the primary.
  'panoptes_replica_following{instance="b"}': '0x30',
  'panoptes_store_durable_seq{instance="b"}': '1x30',
  panoptes_replica_lag_transactions: '10x30',
  panoptes_registry_epoch: '1x15 2x15',
};

const bad = {
  ...healthy,
  'panoptes_registry_state{state="failed"}': '1x30',
  panoptes_peers: '8000x30',
  panoptes_observers: '40x30',
  'panoptes_observer_state{observer="a",state="quarantined"}': '1x30',
  'panoptes_observer_restarts_total{observer="a"}': '0+1x30',
  'panoptes_observer_lag_transactions{observer="a"}': '20000x30',
  'panoptes_observer_resyncs_total{observer="a"}': '0+1x30',
  'panoptes_observer_dead_letters_total{observer="a"}': '0+1x30',
  'panoptes_observer_metrics_up{observer="a"}': '0x30',
  panoptes_zombie_threads: '2x30',
  'panoptes_commit_duration_seconds_bucket{le="0.5"}': '0+980x30',
  panoptes_transactions_vetoed_total: '0+500x30',
  'panoptes_observer_vote_timeouts_total{observer="a"}': '0+100x30',
  panoptes_store_unsynced_transactions: '200000x30',
  'panoptes_store_sync_duration_seconds{quantile="0.99"}': '3x30',
  'panoptes_replica_following{instance="a"}': '0x30',
  panoptes_replica_lag_transactions: '90000x30',
  panoptes_registry_epoch: '0+1x30',
};
