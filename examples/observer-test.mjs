// Tests an observer: one of two dies on the way, and what both saw is held to the rules.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPeer } from '@panoptes/core';
import {
  Recording,
  checkRecording,
  endingOf,
  faultModule,
  profileOf,
  runLimits,
} from '@panoptes/testkit';
import { createRegistry } from '@panoptes/workers';

const folder = mkdtempSync(join(tmpdir(), 'observer-test-'));
const log = join(folder, 'run.plog');
const steady = new URL('./routing.observer.mjs', import.meta.url);

// The same observer, but for what befalls it in the middle of the 50th transaction.
const victim = faultModule('throws-in-events', { observer: steady, at: 50 });
const observers = { steady, victim };
const names = Object.keys(observers);

const facts = { ...runLimits(), observers: names.map((name) => ({ name, kind: 'routing' })) };
const recording = Recording.begin(log, { source: 'a hundred peers', facts });
const registry = await createRegistry({ logger: false });
const handles = [];
for (const name of names) {
  const module = recording.moduleOf(name, observers[name]);
  handles.push(await registry.registerObserver({ module, name }));
}
for (let number = 0; number < 100; number++) {
  await registry.upsert(createPeer(profileOf(`peer-${number}`)));
}
await registry.settled();

// Whatever happened to it: equal peers, equal digests. Asked for, they are recorded, too.
const [own, restarted] = await Promise.all(handles.map((handle) => handle.digest()));
assert.equal(restarted, own);
assert.equal(handles[1].stats().restarts, 1);

const ending = endingOf(registry, names);
await registry.close();
recording.end(ending);
const { verdict, violations } = await checkRecording(log);
assert.deepEqual(violations, []);
console.log(`the victim is in incarnation 2, and every rule holds: ${verdict}`);
rmSync(folder, { recursive: true });
