import { simulate } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { expect, it } from 'vitest';

const unruly = new URL('../fixtures/unruly.observer.mjs', import.meta.url);
const source = [{ at: 0, kind: 'join' as const, peer: profileOf('aa') }];

it.concurrent.each(['setup', 'onSnapshot'])(
  'a %s that never settles ends a run in time, and names its observer',
  async (place) => {
    // Without the model, which would find it sooner. All wait side by side.
    const runs = (['inline', 'thread'] as const).map((host) =>
      simulate({
        source,
        observers: [
          {
            name: 'unruly',
            module: unruly,
            options: { how: 'never settles', in: place },
            registration: { host },
          },
        ],
        checks: 'none',
      }),
    );
    for (const run of await Promise.allSettled(runs)) {
      expect(run).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'OBSERVER_START_FAILED',
          message: expect.stringMatching(
            /'unruly' .* within 60000 ms \(startTimeoutMs\)/,
          ) as unknown,
        },
      });
    }
  },
  // Far less than the ten minutes that a run has for what is slow.
  300_000,
);
