import { beforeEach, describe, expect, it } from 'vitest';
import { WorkerWatch } from './worker-watch.js';

let now: number;
let said: string[];
let watch: WorkerWatch;
const hear = (presence: unknown): void => watch.hear(Buffer.from(JSON.stringify(presence)));
beforeEach(() => {
  now = 0;
  said = [];
  watch = new WorkerWatch({ monotonic: () => now }, (line) => said.push(line), 'panoptes worker');
});

describe('a sweep', () => {
  it('says once that no worker is there, and that one has come', () => {
    for (now of [0, 9_000]) watch.look();
    expect(said).toEqual([]);
    for (now of [10_000, 30_000]) watch.look();
    expect(said).toEqual(['no worker is there: the sweep waits; start one with panoptes worker']);
    hear({ worker: 'a' });
    now += 9_000;
    watch.look();
    expect(said.slice(1)).toEqual(['a worker is there: the sweep goes on']);
    now += 1_000;
    watch.look();
    expect(said).toHaveLength(3);
  });

  it('says once why a worker takes no run, and goes on waiting for others', () => {
    for (now of [0, 5_000, 10_000]) hear({ worker: 'a\u001b[2J', refusal: 'it is\nof old' });
    watch.look();
    expect(said).toHaveLength(2);
    expect(said[0]).toBe('worker a\\u001b[2J takes no run: it is\\nof old');
    expect(said[1]).toContain('no worker is there');
  });

  it.each([[null], [[]], [{ worker: 7 }], [{ worker: '' }], [{ worker: 'x'.repeat(10_000) }]])(
    'takes nothing else for a worker: %j',
    (presence) => {
      now = 10_000;
      hear(presence);
      watch.look();
      expect(said).toHaveLength(1);
    },
  );
});
