import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const hostile = new URL('../fixtures/hostile.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

/** Enough commands to fill the smallest log twice over. */
const aLap = 2_500;

const smallLog = { log: { logBytes: 1024 * 1024 } };

it.each(['throws', 'rejects', 'exits'])(
  'an observer that %s whenever it gets events hurts nobody but itself',
  async (conduct) => {
    const registry = await createRegistry({
      ...smallLog,
      observers: {
        blockTimeoutMs: 60_000,
        restart: { maxRestarts: 3, minBackoffMs: 1, maxBackoffMs: 2 },
      },
    });
    const boxes = [BlackBox.empty(), BlackBox.empty()];
    const traffic = new RandomTraffic({ seed: conduct });
    const witnesses = [];
    witnesses.push(
      await registry.registerObserver({
        module: recorder,
        name: 'before',
        onLag: 'block',
        options: { box: boxes[0]!.memory },
      }),
    );
    const options = { conduct, hold: BlackBox.empty(1).memory };
    const culprit = await registry.registerObserver({ module: hostile, onLag: 'block', options });
    witnesses.push(
      await registry.registerObserver({
        module: recorder,
        name: 'after',
        onLag: 'block',
        options: { box: boxes[1]!.memory },
      }),
    );

    await until('it was given up', async () => {
      await traffic.send(registry, 16);
      return culprit.state === 'quarantined';
    });
    await traffic.send(registry, aLap);
    await registry.settled();

    expect(culprit.stats()).toMatchObject({ restarts: 3, incarnation: 4 });
    expect(culprit.stats().reasons).toHaveLength(4);
    for (const [index, witness] of witnesses.entries()) {
      expect(witness.stats()).toMatchObject({ restarts: 0, resyncs: 0, lag: 0, state: 'live' });
      expect(await witness.digest()).toBe(traffic.model.digest());
      expect(boxes[index]!.length).toBe(traffic.model.lastSeq + 1);
    }
    await registry.close();
  },
);

it('an observer that hangs in a loop slows neither the writer nor the others, and finds back', async () => {
  const registry = await createRegistry({ ...smallLog, observers: { blockTimeoutMs: 60_000 } });
  const traffic = new RandomTraffic({ seed: 'hangs' });
  const witness = await registry.registerObserver({ module: recorder, onLag: 'block' });
  const hold = BlackBox.empty(1);
  const options = { conduct: 'hangs', hold: hold.memory };
  const culprit = await registry.registerObserver({ module: hostile, options });
  hold.hold();

  // All of them are answered while it hangs, several times what the log holds.
  await traffic.send(registry, 2 * aLap);
  await until('the other one has seen all', () => witness.stats().cursor === registry.lastSeq);
  expect(await witness.digest()).toBe(traffic.model.digest());
  expect(culprit.stats().cursor).toBeLessThan(registry.lastSeq);
  await expect(registry.settled(undefined, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'SETTLE_TIMEOUT',
    message: expect.stringMatching(/hostile \((?:live|lagging)\)/) as string,
  });
  await expect(culprit.ask('size', [], { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'QUERY_TIMEOUT',
  });

  hold.release();
  await registry.settled();
  expect(culprit.stats()).toMatchObject({ restarts: 0, lag: 0 });
  expect(culprit.stats().resyncs).toBeGreaterThan(0);
  expect(await culprit.digest()).toBe(traffic.model.digest());
  await registry.close();
});

it('an observer that asked to be waited for and hangs is waited for, then passed', async () => {
  const registry = await createRegistry({ ...smallLog, observers: { blockTimeoutMs: 40 } });
  const traffic = new RandomTraffic({ seed: 'blocks' });
  const hold = BlackBox.empty(1);
  const options = { conduct: 'hangs', hold: hold.memory };
  const culprit = await registry.registerObserver({ module: hostile, onLag: 'block', options });
  hold.hold();

  let hasWaited = false;
  let isSent = false;
  const sent = traffic.send(registry, 2 * aLap).finally(() => (isSent = true));
  await until('all commands were answered', () => {
    hasWaited ||= registry.state === 'open.waitingForLog';
    return isSent;
  });
  await sent;
  expect(hasWaited).toBe(true);

  hold.release();
  await registry.settled();
  expect(culprit.stats().resyncs).toBeGreaterThan(0);
  expect(await culprit.digest()).toBe(traffic.model.digest());
  await registry.close();
});

it('while the registry waits for a full log it still serves timers and the rest of its thread', async () => {
  const registry = await createRegistry({ ...smallLog, observers: { blockTimeoutMs: 60_000 } });
  const traffic = new RandomTraffic({ seed: 'waits' });
  const hold = BlackBox.empty(1);
  const options = { conduct: 'hangs', hold: hold.memory };
  const culprit = await registry.registerObserver({ module: hostile, onLag: 'block', options });
  hold.hold();
  const sent = traffic.send(registry, 2 * aLap);
  // That this is seen at all takes timers.
  await Promise.race([
    sent,
    until('the log was full', () => registry.state === 'open.waitingForLog'),
  ]);
  expect(registry.state).toBe('open.waitingForLog');
  hold.release();
  await sent;
  await registry.settled();
  expect(culprit.stats()).toMatchObject({ resyncs: 0, restarts: 0 });
  expect(await culprit.digest()).toBe(traffic.model.digest());
  await registry.close();
});
