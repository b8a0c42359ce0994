import { describe, expect, it } from 'vitest';
import type { ObserverPort } from '../../driver/registry-port.js';
import { VirtualClock } from '../../time/virtual-clock.js';
import { victimModule } from '../fault-module.js';
import { FaultInjection, type PlannedFault } from './fault-injection.js';

const planned: readonly PlannedFault[] = [
  { fault: 'throws-in-events', observer: 'mesh', atMs: 100 },
  { fault: 'exit', observer: 'gone', atMs: 100 },
  { fault: 'loop', observer: 'mesh', atMs: 9_000 },
];

const portOf = (name: string, ask: ObserverPort['ask']): ObserverPort => ({
  name,
  digest: () => Promise.resolve(''),
  ask,
});

/** An observer that takes every order, and one that is never there. */
function injection() {
  const clock = new VirtualClock(0);
  const ordered: PlannedFault[] = [];
  const ports = [
    portOf('mesh', () => Promise.resolve(1)),
    portOf('gone', () => Promise.reject(new Error('it has ended'))),
  ];
  const victims = new Map(ports.map((port) => [port.name, { module: victimModule(), port }]));
  const state = (name: string) => (name === 'mesh' ? 'live' : 'ended');
  const observers = ports.map(({ name }) => ({
    ...{ name, state: state(name), delivered: 0, lag: 0, resyncs: 0, restarts: 0 },
    ...{ incarnation: 1, reasons: [] },
  }));
  const registry = {
    getObserverStats: () => ({ observers, supervisor: { zombies: 0 } }),
    reviveObserver: () => undefined,
  };
  const onOrder = (fault: PlannedFault): void => void ordered.push(fault);
  return {
    ordered,
    clock,
    faults: new FaultInjection({ registry, planned, victims, clock, onOrder }),
  };
}

describe('planned faults', () => {
  it('have struck at a transaction, or nobody: who is not there, or whose time does not come', async () => {
    const { ordered, clock, faults } = injection();
    expect(faults.outcomes).toEqual(planned.map((fault) => ({ ...fault, seq: null })));
    expect(faults.due(99, () => Promise.resolve(1))).toBeUndefined();
    let isDone = false;
    const striking = faults.due(100, () => Promise.resolve(7))!.then(() => (isDone = true));
    while (!isDone) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      clock.advanceTo(clock.monotonic() + 1_000);
    }
    await striking;
    expect(faults.outcomes).toEqual([
      { ...planned[0], seq: 7 },
      { ...planned[1], seq: null },
      { ...planned[2], seq: null },
    ]);
    expect(ordered).toEqual([planned[0]]);
    expect(faults.due(8_999, () => Promise.resolve(8))).toBeUndefined();
  });
});
