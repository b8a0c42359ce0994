import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { endOf, startPanoptes } from '../fixtures/panoptes-command.js';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const scenario = pathOf('../../examples/scenarios/network-sizes.yaml');
const drowsy = pathOf('../fixtures/drowsy.observer.mjs');

interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}
interface Run {
  readonly events: number;
  readonly latencyMs: Latency;
  readonly observers: readonly { readonly name: string; readonly latencyMs: Latency }[];
}

describe('the latency of an observer in a run', () => {
  it('shows who is slow, on a thread or inline, and may be a threshold', async () => {
    const observers = [
      `{ module: ${drowsy}, options: { sleepMs: 100 } }`,
      '{ use: mesh, name: inline, host: inline }',
      'kademlia',
    ];
    const { code, stdout, stderr } = await endOf(
      startPanoptes(
        'run',
        scenario,
        '--json',
        '--set',
        `observers=[${observers.join(', ')}]`,
        '--set',
        'thresholds.observers.*.latencyMs.p99=< 1h',
      ),
    );
    expect([code, stderr]).toEqual([0, '']);
    const run = JSON.parse(stdout) as Run;
    expect(run.observers.map(({ name }) => name)).toEqual(['drowsy', 'inline', 'kademlia']);
    for (const { latencyMs } of run.observers) {
      const { count, p50, p90, p99, max } = latencyMs;
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(run.events / 16 + 1);
      expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].sort((a, b) => a - b));
    }
    expect(run.observers[0]!.latencyMs.max).toBeGreaterThan(50);
  });
});
