import { expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

it('a touch notes no time of a clock that tells none, and says so', async () => {
  const time = new ManualClock();
  const registry = new OpenRegistry({}, time);
  await registry.upsert(peerNumbered(1));
  for (const now of [() => Number.NaN, () => undefined, () => expect.fail('a clock that fails')]) {
    time.now = now as () => number;
    await expect(registry.touch('peer-1')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  }
  expect(registry.peers.get('peer-1')!.lastSeen).toBe(1);
});

it('a touch with a time that is none is refused, and is no touch of now', async () => {
  const registry = new OpenRegistry({}, new ManualClock());
  await registry.upsert(peerNumbered(1));
  for (const lastSeen of [null, Number.NaN, -1, '7', {}, [3], true]) {
    await expect(registry.touch('peer-1', lastSeen as number)).rejects.toMatchObject({
      code: 'PEER_INVALID',
      message: expect.stringContaining('lastSeen') as string,
    });
  }
  expect(registry.peers.get('peer-1')!.lastSeen).toBe(1);
});
