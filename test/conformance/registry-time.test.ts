import type { Clock } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { hosts } from './hosts.js';
import { peer } from '../voting/scene.js';

const module = new URL('../fixtures/timekeeper.observer.mjs', import.meta.url);
const start = 1_500_000_000_000;

/** A clock that moves when the test says so. */
class HandClock implements Clock {
  ms = start;
  now = (): number => this.ms;
  monotonic = (): number => this.ms;
  after = (): (() => void) => () => undefined;
}

interface Told {
  readonly what: string;
  readonly at: number;
  readonly now: number;
}

describe.each(hosts)('ctx.now() of an observer, %s,', (host) => {
  const keeping = { module, host, options: { keeps: true } } as const;

  it('is the time of what it was handed last, where the registry has a clock of its own', async () => {
    const clock = new HandClock();
    const registry = await createRegistry({ clock, logger: false });
    clock.ms += 10;
    const handle = await registry.registerObserver(keeping);
    const upserted: Promise<unknown>[] = [];
    for (let number = 1; number <= 3; number++) {
      clock.ms += 100;
      upserted.push(registry.upsert(peer(number)));
    }
    clock.ms += 1e9;
    await Promise.all(upserted);
    await registry.settled();
    expect(await handle.ask('told', [])).toEqual<Told[]>([
      { what: 'setup', at: start, now: start },
      { what: 'snapshot 0', at: start, now: start },
      { what: 'PeerAdded 1', at: start + 110, now: start + 110 },
      { what: 'PeerAdded 2', at: start + 210, now: start + 210 },
      { what: 'PeerAdded 3', at: start + 310, now: start + 310 },
    ]);
    expect(await handle.ask('now', [])).toBe(start + 310);

    const late = await registry.registerObserver({ ...keeping, name: 'late' });
    expect(await late.ask('told', [])).toEqual<Told[]>([
      { what: 'setup', at: start, now: start },
      { what: 'snapshot 3', at: start + 310, now: start + 310 },
    ]);
    await registry.close();
  });

  it('is that of the proposal while it votes, and then again of what it was handed', async () => {
    const clock = new HandClock();
    const observers = { voteTimeoutMs: 100_000 };
    const registry = await createRegistry({ clock, logger: false, observers });
    const handle = await registry.registerObserver({ ...keeping, role: 'critical' });
    clock.ms += 100;
    const upserted = registry.upsert(peer(1));
    clock.ms += 1e9;
    await upserted;
    await registry.settled();
    expect(((await handle.ask('told', [])) as Told[]).slice(2)).toEqual<Told[]>([
      { what: 'proposal 1', at: start + 100, now: start + 100 },
      { what: 'vote 1', at: start + 100, now: start + 100 },
      { what: 'PeerAdded 1', at: start + 100, now: start + 100 },
    ]);
    expect(await handle.ask('now', [])).toBe(start + 100);
    await registry.close();
  });

  it('is no longer that of a proposal that came to nothing', async () => {
    const clock = new HandClock();
    const observers = { voteTimeoutMs: 100_000 };
    const registry = await createRegistry({ clock, logger: false, observers });
    const options = { ...keeping.options, vetoes: true };
    const handle = await registry.registerObserver({ ...keeping, options, role: 'critical' });
    clock.ms += 100;
    await expect(registry.upsert(peer(1))).rejects.toMatchObject({ code: 'OBSERVER_VETO' });
    expect(((await handle.ask('told', [])) as Told[]).slice(2)).toEqual<Told[]>([
      { what: 'proposal 1', at: start + 100, now: start + 100 },
      { what: 'vote 1', at: start + 100, now: start + 100 },
    ]);
    expect(await handle.ask('now', [])).toBe(start);
    await registry.close();
  });

  it('goes on with changes that its filter leaves out', async () => {
    const clock = new HandClock();
    const registry = await createRegistry({ clock, logger: false });
    const filtered = new URL('./tier1-timekeeper.observer.mjs', module);
    const handle = await registry.registerObserver({ ...keeping, module: filtered });
    for (const [number, tier] of ['tier1', 'tier2'].entries()) {
      clock.ms += 100;
      await registry.upsert(peer(number, { tier: tier as 'tier1' | 'tier2' }));
    }
    await registry.settled();
    expect(((await handle.ask('told', [])) as Told[]).slice(2)).toEqual<Told[]>([
      { what: 'PeerAdded 1', at: start + 100, now: start + 100 },
    ]);
    expect(await handle.ask('now', [])).toBe(start + 200);
    await registry.close();
  });

  it('is the machine’s where the registry goes by that', async () => {
    const registry = await createRegistry({ logger: false });
    const handle = await registry.registerObserver(keeping);
    const before = Date.now();
    await registry.upsert(peer(1));
    const between = Date.now();
    await registry.settled();
    const [, , added] = (await handle.ask('told', [])) as Told[];
    expect(added!.at).toBeGreaterThanOrEqual(before);
    expect(added!.at).toBeLessThanOrEqual(between);
    expect(added!.now).toBeGreaterThanOrEqual(added!.at);
    expect(await handle.ask('now', [])).toBeGreaterThanOrEqual(between);
    await registry.close();
  });
});
