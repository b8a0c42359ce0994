import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { PeerStream } from './peer-stream.js';
import { PlainRegistry } from './plain-registry.js';
import { reading, TallyCounter } from './tally.js';

describe('the stream of changes', () => {
  it('adds every peer once, and then changes one each time', async () => {
    const stream = new PeerStream(7, 'a');
    const registry = await createRegistry();
    const changes: string[] = [];
    for (let sent = 0; sent < 50; sent++) {
      changes.push((await registry.upsert(stream.next())).change);
    }
    expect(changes.slice(0, 7)).toEqual(new Array(7).fill('added'));
    expect(changes.slice(7)).toEqual(new Array(43).fill('updated'));
    await registry.close();
  });

  it('leaves a change’s old entry whole beside the new one', () => {
    const stream = new PeerStream(3, 'a');
    const registry = new PlainRegistry();
    for (let sent = 0; sent < 30; sent++) {
      const event = registry.upsert(stream.next());
      expect(event.entry.dataTransferred).toBe(sent);
      expect(event.old?.dataTransferred).toBe(sent < 3 ? undefined : sent - 3);
    }
  });

  it('knows what those who read every event must have added up, since it was last asked', () => {
    const stream = new PeerStream(10, 'a');
    const tally = new TallyCounter();
    for (const count of [25, 40]) {
      for (let sent = 0; sent < count; sent++) tally.add(reading(stream.next()));
      const expected = stream.takeExpected();
      expect(expected.count).toBe(count);
      expect(tally.take()).toEqual(expected);
    }
  });

  it('is the same for the same seed, and other peers for another', () => {
    const ids = (seed: string) => {
      const stream = new PeerStream(4, seed);
      return Array.from({ length: 4 }, () => stream.next().peerId.nodeId);
    };
    expect(ids('a')).toEqual(ids('a'));
    expect(new Set([...ids('a'), ...ids('b')]).size).toBe(8);
  });
});
