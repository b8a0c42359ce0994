import { describe, expect, it } from 'vitest';
import { RegistryFailedError } from '../errors.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';

describe('a bug inside the registry', () => {
  class BrokenClock extends ManualClock {
    broken = false;
    override monotonic(): number {
      if (this.broken) throw new TypeError('no time');
      return super.monotonic();
    }
  }

  it('stops it at once: every waiting promise and every later one is rejected with the cause', async () => {
    const clock = new BrokenClock();
    const registry = new OpenRegistry({}, clock);
    await registry.upsert(peerNumbered(1));
    clock.broken = true;
    const waiting = Array.from({ length: 500 }, (_, at) => registry.upsert(peerNumbered(at + 10)));
    const results = await Promise.allSettled(waiting);
    for (const result of results) {
      if (result.status !== 'rejected') throw new Error('it was committed');
      expect(result.reason).toBeInstanceOf(RegistryFailedError);
      expect((result.reason as Error).cause).toBeInstanceOf(TypeError);
    }
    expect(registry.state).toBe('failed');
    expect(registry.waiting).toBe(0);
    clock.broken = false;
    await expect(registry.upsert(peerNumbered(2))).rejects.toBeInstanceOf(RegistryFailedError);
    expect(registry.peers.allPeers().map(({ peerId }) => peerId.nodeId)).toEqual(['peer-1']);
    await registry.close();
    expect(registry.state).toBe('failed');
  });

  it('S16 is told to whoever listens, and ends a watch, after what was committed', async () => {
    const clock = new BrokenClock();
    const registry = new OpenRegistry({}, clock);
    const [slow, asleep] = [registry.watch(), registry.watch()];
    const sleeping = asleep.next().then(() => asleep.next());
    const told = new Promise((resolve) => registry.failure.addEventListener('abort', resolve));
    await registry.upsert(peerNumbered(1));
    clock.broken = true;
    const failure = { code: 'REGISTRY_FAILED', cause: new TypeError('no time') };
    await expect(registry.upsert(peerNumbered(2))).rejects.toMatchObject(failure);
    await told;
    expect(registry.failure.reason).toMatchObject(failure);
    await expect(sleeping).rejects.toMatchObject(failure);
    expect(await slow.next()).toMatchObject({ done: false, value: { seq: 1 } });
    await expect(slow.next()).rejects.toMatchObject(failure);
    await expect(registry.watch().next()).rejects.toMatchObject(failure);
  });

  it('S16 while it waits for votes is told with its cause', async () => {
    const registry = new OpenRegistry();
    const voter = { name: 'v', onVoteFailure: 'abort', onUnavailable: 'fail' } as const;
    const voting = registry.voters.newVoter(voter);
    registry.voters.session(voting);
    registry.voters.join(voting);
    registry.voters.moved = () => Promise.reject(new TypeError('no ears'));
    await expect(registry.upsert(peerNumbered(1))).rejects.toMatchObject({
      code: 'REGISTRY_FAILED',
      cause: new TypeError('no ears'),
    });
    expect(registry.state).toBe('failed');
  });

  it('that is met again while it stops keeps nobody from hearing of the first one', async () => {
    const registry = new OpenRegistry();
    const seen: unknown[] = [];
    const warned = (warning: unknown) => seen.push(warning);
    process.on('warning', warned);
    const watch = registry.watch();
    const next = watch.next();
    const feed = registry.upsertMany(
      (async function* () {
        await new Promise(() => undefined);
        yield peerNumbered(3);
      })(),
    );
    const waiting = [1, 2].map((number) => registry.upsert(peerNumbered(number)));
    // What frees, publishes and wakes is as likely to have a bug as anything else.
    registry.changeLog.writer.publish = () => {
      throw new TypeError('cannot publish');
    };
    const wake = registry.changeLog.progress.wake.bind(registry.changeLog.progress);
    registry.changeLog.progress.wake = () => {
      wake();
      throw new TypeError('cannot wake');
    };
    registry.breakDown(new TypeError('the first'));
    const failure = { code: 'REGISTRY_FAILED', cause: new TypeError('the first') };
    const late = registry.upsert(peerNumbered(4));
    for (const fate of await Promise.allSettled([...waiting, feed, next, late])) {
      expect(fate).toMatchObject({ status: 'rejected', reason: failure });
    }
    await registry.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(seen).toEqual([new TypeError('cannot publish')]);
  });

  it('while it closes is told as such, and the closing goes on', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const watch = registry.watch();
    registry.changeLog.writer.close = () => {
      throw new TypeError('no end');
    };
    const failure = { code: 'REGISTRY_FAILED', cause: new TypeError('no end') };
    await expect(registry.close()).rejects.toMatchObject(failure);
    await expect(watch.next()).rejects.toMatchObject(failure);
    await registry.close();
  });
});
