import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { type Inspect, type InspectedEvent, ownInspect } from './inspect.js';
import { MachineInspection } from './machine-inspection.js';

const registryWith = (inspect: Inspect) =>
  new OpenRegistry(undefined, undefined, undefined, { inspect });

/** What a machine is sent, as XState tells it. */
const sent = (type = 'PING') => ({
  type: '@xstate.event',
  rootId: 'x:0',
  actorRef: { sessionId: 'x:0', id: 'x:0', logic: {} },
  event: { type },
});

/** An inspection whose time the test says. */
function inspection(inspect: Inspect) {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const made = new MachineInspection(ownInspect(inspect), clock, (_, text) => warnings.push(text));
  return { clock, warnings, tell: made.of('machine').inspect };
}

describe('the inspection of a machine', () => {
  it('tells where it begins, what it is sent and where it is then', async () => {
    const events: InspectedEvent[] = [];
    const registry = registryWith((event) => void events.push(event));
    await registry.upsert(peerNumbered(1));
    await registry.close();
    await settleTurns();
    const [first] = events;
    expect(first).toMatchObject({ type: '@xstate.actor', name: 'registry', id: '1', leftOut: 0 });
    const definition = JSON.parse(first!.definition!) as { id: string; states: object };
    expect(definition.id).toBe('registry');
    expect(Object.keys(definition.states)).toContain('draining');
    const told = events.map(({ event, snapshot }) => [event?.type, snapshot?.value]);
    expect(told).toContainEqual(['OPEN', { open: 'idle' }]);
    expect(told).toContainEqual(['TURN', undefined]);
    expect(told.at(-1)).toEqual(['EMPTY', 'closed']);
    expect(new Set(events.map(({ rootId }) => rootId)).size).toBe(1);
  });

  it('gives nothing that is the machine’s own: all of it is plain, and may be changed', async () => {
    const events: InspectedEvent[] = [];
    const registry = registryWith((event) => {
      events.push(structuredClone(event));
      for (const part of [event, event.event, event.snapshot, event.snapshot?.value]) {
        if (typeof part === 'object')
          for (const key of Object.keys(part)) Reflect.deleteProperty(part, key);
      }
    });
    await registry.upsert(peerNumbered(1));
    await settleTurns();
    expect(registry.state).toBe('open.idle');
    expect(await registry.upsert(peerNumbered(2))).toEqual({ seq: 2, change: 'added' });
    await registry.close();
    await settleTurns();
    expect([registry.warnings, events.length > 5]).toEqual([[], true]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    const keys = new Set(events.flatMap((event) => Object.keys(event.event ?? {})));
    expect([...keys]).toEqual(['type']);
  });

  it('gives so many events a second and not more, and counts those it leaves out', async () => {
    const events: InspectedEvent[] = [];
    const { clock, tell } = inspection({ next: (event) => events.push(event), eventsPerSec: 3 });
    for (let count = 0; count < 10; count++) tell(sent());
    await settleTurns();
    expect(events).toHaveLength(3);
    clock.advance(999);
    tell(sent());
    clock.advance(1);
    for (let count = 0; count < 5; count++) tell(sent());
    await settleTurns();
    expect(events.map(({ id, leftOut }) => [id, leftOut])).toEqual([
      ...[1, 2, 3].map((id) => [String(id), 0]),
      ['12', 8],
      ['13', 0],
      ['14', 0],
    ]);
  });

  it('gives no steps within a transition, and the message alone of an error', async () => {
    const events: InspectedEvent[] = [];
    const { tell } = inspection((event) => void events.push(event));
    tell({ ...sent(), type: '@xstate.microstep' });
    tell({ ...sent(), event: { type: 'FAIL', error: new Error('x'.repeat(300)) } });
    await settleTurns();
    expect(events.map(({ event }) => event)).toEqual([{ type: 'FAIL', error: 'x'.repeat(256) }]);
  });

  it('is called in a turn of its own, and no more once it throws', async () => {
    let calls = 0;
    const registry = registryWith(() => {
      calls++;
      throw new Error('told to');
    });
    expect(calls).toBe(0);
    expect(await registry.upsert(peerNumbered(1))).toEqual({ seq: 1, change: 'added' });
    await settleTurns();
    expect(calls).toBe(1);
    expect(registry.warnings).toEqual([
      "option 'inspect' is not called any more: it threw: told to",
    ]);
    await registry.close();
    await settleTurns();
    expect(calls).toBe(1);
  });
});

describe('the option', () => {
  const next = () => undefined;

  it.each<[unknown, string]>([
    [7, "option 'inspect': expected an object, got 7"],
    [{}, "option 'inspect': expected a function, or an object with the method next"],
    [{ next, eventsPerSec: 0 }, "option 'eventsPerSec': expected a whole number from 1 to 100000"],
  ])('is refused: %j', (inspect, message) => {
    expect(() => ownInspect(inspect)).toThrow(message);
    expect(() => ownInspect(inspect)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('has its default, and keeps its own this', () => {
    const given = {
      names: [] as string[],
      next(event: InspectedEvent) {
        this.names.push(event.name);
      },
    };
    ownInspect(given).next({ name: 'it' } as InspectedEvent);
    expect([given.names, ownInspect(next).eventsPerSec]).toEqual([['it'], 100]);
  });
});
