import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../virtual-time.fixture.js';
import { victimModule } from '../fault-module.js';
import { FaultInjection, type PlannedFault, type Victim } from './fault-injection.js';

const planned: readonly PlannedFault[] = [
  { fault: 'throws-in-events', observer: 'mesh', atMs: 100 },
  { fault: 'exit', observer: 'gone', atMs: 100 },
  { fault: 'loop', observer: 'mesh', atMs: 9_000 },
];

/** An observer that takes every order, and one that is never there. */
function injection() {
  const clock = new VirtualTime();
  const ordered: PlannedFault[] = [];
  const asked: Readonly<Record<string, Victim['port']['ask']>> = {
    mesh: () => Promise.resolve(1),
    gone: () => Promise.reject(new Error('it has ended')),
  };
  const names = Object.keys(asked);
  const victims = new Map(
    names.map((name): [string, Victim] => [
      name,
      { module: victimModule(), port: { ask: asked[name]! } },
    ]),
  );
  const state = (name: string) => (name === 'mesh' ? 'live' : 'ended');
  const observers = names.map((name) => ({ name, state: state(name) }));
  const registry = {
    getObserverStats: () => ({ observers }),
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
      clock.advance(1_000);
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
