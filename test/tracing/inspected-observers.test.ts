import type { InspectedEvent } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { nextTurn } from '../../packages/core/src/turns.js';

const tally = new URL('../fixtures/tally.observer.mjs', import.meta.url);

it('the machines of observers are inspected by their names, with their steps and errors', async () => {
  const events: InspectedEvent[] = [];
  const inspect = { next: (event: InspectedEvent) => events.push(event), eventsPerSec: 100_000 };
  const registry = await createRegistry({ inspect, logger: false });
  await registry.registerObserver({ module: tally, name: 'one', host: 'inline' });
  const missing = {
    module: new URL('missing.mjs', import.meta.url),
    name: 'two',
    host: 'inline',
  } as const;
  await registry.registerObserver(missing).catch(() => undefined);
  await registry.close();
  await nextTurn();
  const machines = events.filter(({ definition }) => definition !== undefined);
  expect(machines.map(({ name }) => name)).toEqual(['registry', 'one', 'two']);
  const statesOf = (name: string) =>
    events.flatMap((event) => (event.name === name ? (event.snapshot?.value ?? []) : []));
  expect(statesOf('one')).toEqual([
    ...['starting', 'syncing', { following: 'live' }, 'stopping', 'stopped'],
  ]);
  expect(statesOf('two').slice(0, 2)).toEqual(['starting', 'crashed']);
  const root = machines[2]!.sessionId;
  const step = events.find(({ parentId, type }) => parentId === root && type === '@xstate.actor')!;
  expect(step.name).toContain('observer.starting');
  const failure = events.find(({ event, sessionId }) => sessionId === root && event?.error)!;
  expect(failure.sourceId).toBe(step.sessionId);
  expect(failure.event!.error).toContain('missing.mjs');
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
});

it.each([7, {}])('an inspector that is none is refused: %j', async (inspect) => {
  await expect(createRegistry({ inspect } as never)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});
