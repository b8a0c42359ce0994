import { messageOf } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { fakeRegistry } from './fake-registry.fixture.js';
import type { GivenEvent } from './given-source.js';
import type { OnRegistry } from './on-registry.js';
import type { RegistryPort } from './registry-port.js';
import type { SimulationOptions } from './simulation-options.js';
import { simulate } from './simulation.js';

const peerId = { nodeId: 'a', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
const churn: readonly GivenEvent[] = [
  { at: 0, kind: 'join', peer: { peerId } },
  { at: 60_000, kind: 'leave', nodeId: 'a' },
];

/** Plays it before nobody, so that no thread is needed. */
async function play(onRegistry: OnRegistry, more: Partial<SimulationOptions> = {}) {
  let opened: RegistryPort | undefined;
  const running = simulate({
    source: churn,
    observers: [],
    checks: 'none',
    openRegistry: async ({ clock }) => (opened = await createRegistry({ clock, logger: false })),
    onRegistry,
    ...more,
  });
  const outcome = await running.then(
    ({ verdict }) => verdict,
    (error: unknown) => messageOf(error),
  );
  return { outcome, state: opened && (opened as unknown as { state: string }).state };
}

describe('who asks for the registry of a simulation', () => {
  it('has it before anything is played, and until it is closed', async () => {
    const seen: unknown[] = [];
    const phases = [{ phase: { name: 'only', kind: 'steady' }, startsAt: 0, endsAt: 60_000 }];
    const ended = await play(
      async (registry, simulation) => {
        const { about } = simulation;
        expect(Object.isFrozen(simulation)).toBe(true);
        await Promise.resolve();
        const see = () => seen.push([registry.lastSeq, registry.state, about()]);
        see();
        return async () => {
          await Promise.resolve();
          see();
        };
      },
      { phases, untilMs: 60_000 },
    );
    const facts = (time: string, events: string, ...progress: object[]) => [
      { label: 'simulation', value: 'events from code' },
      { label: 'virtual time', value: time },
      { label: 'phase', value: 'only' },
      ...progress,
      { label: 'events', value: events },
    ];
    expect(seen).toEqual([
      [0, 'open.idle', facts('0 ms', '0')],
      [2, 'open.idle', facts('1 m', '2', { label: 'progress', value: '100 %', share: 1 })],
    ]);
    expect(ended).toEqual({ outcome: 'pass', state: 'closed' });
  });

  it('is told of its end after a failure as well', async () => {
    let told = 0;
    const source = (function* () {
      yield churn[0]!;
      throw new Error('no more');
    })();
    const { outcome, state } = await play(() => () => told++, { source });
    expect([outcome, told, state]).toEqual([
      expect.stringContaining('no more') as string,
      1,
      'closed',
    ]);
  });

  it.each<[string, OnRegistry, string]>([
    ['fails', () => Promise.reject(new Error('not now')), 'not now'],
    ['fails at the end', () => () => Promise.reject(new Error('too late')), 'too late'],
    ['returns something else', () => 5, "option 'onRegistry': expected it to return"],
  ])('ends the run where it %s, and the registry is closed', async (_, onRegistry, message) => {
    expect(await play(onRegistry)).toEqual({
      outcome: expect.stringContaining(message) as string,
      state: 'closed',
    });
  });

  it('is given none but a registry of Panoptes', async () => {
    const fake = fakeRegistry(new Map());
    const { outcome } = await play(() => undefined, { openRegistry: fake.open });
    expect(outcome).toContain("option 'onRegistry': expected a registry that createRegistry gives");
    expect(fake.closed).toBe(true);
  });

  it('is a function', async () => {
    const { outcome } = await play('watch' as never);
    expect(outcome).toBe("option 'onRegistry': expected a function, got 'watch'");
  });
});
