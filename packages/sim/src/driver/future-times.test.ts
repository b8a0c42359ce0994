import { createPeer, systemClock } from '@panoptes/core';
import {
  type ChurnEvent,
  dhtInfoOf,
  type PeerArrives,
  profileOf,
  asTaken,
  toldAheadSecs,
} from '@panoptes/testkit';
import { expect, it } from 'vitest';
import type { ChurnSource } from '../churn/churn-source.js';
import { VirtualClock } from '../time/virtual-clock.js';
import logObserver from '../observers/log-observer.js';
import { openWithCompiled } from './compiled-observers.fixture.js';
import { inProcessModel } from './in-process-model.fixture.js';
import type { OpenRegistry } from './registry-port.js';
import { simulate } from './simulation.js';

const epochMs = Date.UTC(2020, 0, 1);
const future = Date.UTC(9999, 0, 1);

function join(at: number, nodeId: string, time: number): PeerArrives {
  const clock = new VirtualClock(epochMs + at);
  const dhtInfo = dhtInfoOf(nodeId, time);
  const peer = createPeer(
    { ...profileOf(nodeId), dhtInfo, firstSeen: time, lastSeen: time },
    clock,
  );
  return { at, kind: 'join', peer };
}

function sourceOf(events: readonly ChurnEvent[]): ChurnSource {
  return {
    name: 'told',
    kind: 'test',
    epochMs,
    events: (async function* () {
      await Promise.resolve();
      yield* events;
    })(),
    spanMs: () => events.at(-1)!.at,
    fractionRead: () => 1,
  };
}

it('a run takes what a trace tells of the far future as the present, and the model agrees', async () => {
  const limit = toldAheadSecs * 1000;
  const events = [
    join(0, 'liar', future),
    join(1_000, 'late', epochMs + 1_000 + limit + 1),
    join(2_000, 'just', epochMs + 2_000 + limit),
    join(3_000, 'honest', epochMs),
    // Changed by nothing but its time.
    { ...join(9_000, 'honest', future), kind: 'update' } as const,
  ];
  const seen = new Map<string, readonly (number | undefined)[]>();
  const opening: OpenRegistry = async (options) => {
    const registry = await openWithCompiled(options);
    const digest = registry.digest.bind(registry);
    registry.digest = () => {
      for (const { peerId, firstSeen, lastSeen, dhtInfo } of registry.peers.all()) {
        seen.set(peerId.nodeId, [firstSeen, lastSeen, dhtInfo?.lastContact]);
      }
      return digest();
    };
    return registry;
  };
  const { verdict, registryMatches, logDigestMatches } = await simulate({
    source: sourceOf(events),
    seed: null,
    observers: [],
    speed: Number.POSITIVE_INFINITY,
    clock: systemClock,
    openRegistry: opening,
    startModel: inProcessModel(new Map([[logObserver.name, logObserver]])),
  });
  expect({ verdict, registryMatches, logDigestMatches }).toEqual({
    verdict: 'pass',
    registryMatches: true,
    logDigestMatches: true,
  });
  const all = (time: number) => [time, time, time];
  expect(Object.fromEntries(seen)).toEqual({
    liar: all(epochMs),
    late: all(epochMs + 1_000),
    just: all(epochMs + 2_000 + limit),
    honest: all(epochMs + 9_000),
  });
});

it('an entry that tells of no future is taken as it is', () => {
  const { peer } = join(5, 'honest', epochMs);
  expect(asTaken(peer, epochMs)).toBe(peer);
});
