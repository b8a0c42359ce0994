import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { badResumption, falseOldEntries, missing, repeated } from '../conformance/log-rules.js';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import type recorder from '../fixtures/recorder.observer.mjs';
import type { SeenEvent } from '../fixtures/recorder.observer.mjs';
import { threadCount } from '../fixtures/threads.js';

const module = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

it('an observer on the registry’s own thread sees what one on a thread of its own sees', async () => {
  const traffic = new RandomTraffic({ seed: 'inline' });
  const registry = await createRegistry();
  const [here, there] = [BlackBox.empty(), BlackBox.empty()];
  const threadsBefore = threadCount();
  const inline = await registry.registerObserver<typeof recorder>({
    module,
    name: 'inline',
    host: 'inline',
    onLag: 'block',
    options: { box: here.memory },
  });
  expect(threadCount()).toBe(threadsBefore);
  const threaded = await registry.registerObserver<typeof recorder>({
    module,
    name: 'threaded',
    onLag: 'block',
    options: { box: there.memory },
  });
  await traffic.send(registry, 1_000);
  await registry.settled();

  const [seenHere, seenThere] = [await inline.query.seen(), await threaded.query.seen()];
  expect(seenHere).toEqual(seenThere);
  expect(seenHere.filter((item): item is SeenEvent => item.type === 'event')).toHaveLength(
    traffic.model.lastSeq,
  );
  expect(here.notes()).toEqual(there.notes());
  expect(await inline.digest()).toBe(traffic.model.digest());
  expect(await threaded.digest()).toBe(traffic.model.digest());
  await registry.close();
});

it('an inline observer that is not waited for is lapped, resyncs and agrees', async () => {
  const traffic = new RandomTraffic({ seed: 'inline lap' });
  const registry = await createRegistry({ log: { logBytes: 1024 * 1024 } });
  const box = BlackBox.empty();
  const inline = await registry.registerObserver<typeof recorder>({
    module,
    host: 'inline',
    options: { box: box.memory },
  });
  for (let lap = 0; lap < 3; lap++) {
    box.hold();
    await traffic.send(registry, 2_500);
    box.release();
    await registry.settled();
  }
  expect(inline.stats().resyncs).toBeGreaterThan(0);
  expect(inline.stats().restarts).toBe(0);
  const seen = await inline.query.seen();
  const rules = [repeated, missing, badResumption];
  expect(rules.flatMap((rule) => rule(box.notes()))).toEqual([]);
  expect(falseOldEntries(seen)).toEqual([]);
  expect(await inline.digest()).toBe(traffic.model.digest());
  await registry.close();
});

it('what the whole program uses is not held against an observer on its thread', async () => {
  const registry = await createRegistry();
  // Less than this program has used before it came here.
  const limits = { memoryLimitMb: 32, onLag: 'block' } as const;
  const inline = await registry.registerObserver({ module, host: 'inline', ...limits });
  await new RandomTraffic({ seed: 'memory' }).send(registry, 200);
  await registry.settled();
  expect(process.memoryUsage().heapUsed).toBeGreaterThan(32 * 2 ** 20);
  expect(inline.stats()).toMatchObject({ heapBytes: 0, externalBytes: 0, restarts: 0 });
  await registry.close();
});
