import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { until } from '../fixtures/until.js';
import { peer } from './scene.js';

const module = new URL('../fixtures/commander.observer.mjs', import.meta.url);
const voter = new URL('../fixtures/voter.observer.mjs', import.meta.url);

describe.each(hosts)('ctx.registry of an observer, %s', (host) => {
  it('sends commands that take their turn, are seen by all and answered', async () => {
    const registry = await createRegistry();
    const handle = await registry.registerObserver({ module, host });
    const send = (...args: unknown[]) => handle.ask('send', args);
    expect(await send('upsert', peer(1))).toEqual({ seq: 1, change: 'added' });
    expect(await send('update', 'peer-1', { hopCount: 4 })).toEqual({ seq: 2, change: 'updated' });
    expect(await send('updateTrust', 'peer-1', 7)).toEqual({ seq: 3, change: 'updated' });
    expect(await send('updateMetrics', 'peer-1', { latencyMs: 9 })).toMatchObject({ seq: 4 });
    expect(registry.peers.get('peer-1')).toMatchObject({
      hopCount: 4,
      trustScore: 1,
      connectionMetrics: { latencyMs: 9 },
    });
    expect(await send('touch', 'peer-1', 12)).toEqual({ seq: 5, change: 'updated' });
    expect(registry.peers.get('peer-1')!.lastSeen).toBe(12);
    expect(await send('touch', 'peer-1')).toEqual({ seq: 6, change: 'updated' });
    expect(registry.peers.get('peer-1')!.lastSeen).toBeGreaterThan(12);
    expect(await send('remove', 'peer-1')).toEqual({ seq: 7, change: 'removed' });
    expect(handle.stats().commands).toEqual({ sent: 7, refused: 0, dropped: 0 });
    await registry.close();
  });

  it('refuses what the registry refuses, with its code, and believes nothing', async () => {
    const registry = await createRegistry();
    const handle = await registry.registerObserver({ module, host });
    const send = (...args: unknown[]) => handle.ask('send', args);
    const refused = { name: 'ObserverCommandError', code: 'OBSERVER_COMMAND_FAILED' };
    for (const [method, args, commandCode] of [
      ['update', ['nobody', { hopCount: 4 }], 'PEER_NOT_FOUND'],
      ['update', [{ not: 'an id' }, { hopCount: 4 }], 'PEER_INVALID'],
      ['update', ['peer-1', 'no patch'], 'PEER_INVALID'],
      ['updateTrust', [17, 1], 'PEER_INVALID'],
      ['touch', [17], 'PEER_INVALID'],
      ['touch', ['nobody'], 'PEER_NOT_FOUND'],
      ['upsert', [{ ...peer(1), trustScore: 'high' }], 'PEER_INVALID'],
      ['upsert', [undefined], 'PEER_INVALID'],
      ['remove', [null], 'PEER_INVALID'],
    ] as const) {
      expect(await send(method, ...args), method).toMatchObject({ ...refused, commandCode });
    }
    await handle.ask('forget', []);
    await until('the last is refused, too', () => handle.stats().commands.refused === 10);
    await registry.upsert(peer(1));
    await registry.settled();
    expect(handle.stats()).toMatchObject({ restarts: 0, commands: { sent: 10, refused: 10 } });
    await registry.close();
  });

  it('refuses what cannot be read, and hears what comes after it', async () => {
    const registry = await createRegistry();
    await registry.upsert(peer(1));
    const handle = await registry.registerObserver({ module, host });
    expect(await handle.ask('sendUnreadable', [])).toEqual([
      expect.objectContaining({ code: 'OBSERVER_COMMAND_FAILED' }),
      { seq: 2, change: 'removed' },
    ]);
    await registry.close();
  });

  it('has a limit', async () => {
    const registry = await createRegistry({ observers: { maxCommands: 5 } });
    const handle = await registry.registerObserver({ module, host });
    const outcomes = (await handle.ask('flood', [9])) as { change?: string; message?: string }[];
    expect(outcomes.filter(({ change }) => change === 'unchanged')).toHaveLength(5);
    expect(outcomes.filter(({ message }) => message?.includes('maxCommands: 5'))).toHaveLength(4);
    await registry.close();
  });

  it('sends commands that are voted on like any other', async () => {
    const registry = await createRegistry({ observers: { voteTimeoutMs: 100_000 } });
    const handle = await registry.registerObserver({ module, host });
    const guard = await registry.registerObserver({ module: voter, role: 'critical' });
    expect(await handle.ask('send', ['upsert', peer(1)])).toMatchObject({ change: 'added' });
    expect(guard.stats().votes).toMatchObject({ votes: 1 });
    await registry.close();
  });
});
