import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { type Tracer, type TracedCommand, type TracedOutcome, ownTracer } from './tracer.js';
import { Tracing } from './tracing.js';

/** A tracer that notes what it is told. */
class Notes implements Tracer {
  readonly sampleEvery;
  readonly begun: TracedCommand[] = [];
  readonly ends: TracedOutcome[] = [];

  constructor(sampleEvery = 1) {
    this.sampleEvery = sampleEvery;
  }

  began(command: TracedCommand) {
    this.begun.push(command);
    return {
      ended: (outcome: TracedOutcome) => void this.ends.push(outcome),
      handled: () => undefined,
    };
  }
}

function traced(tracer: Tracer) {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const tracing = new Tracing(ownTracer(tracer), clock, (_, message) => warnings.push(message));
  return { clock, warnings, tracing };
}

const registryWith = (tracer: Tracer) =>
  new OpenRegistry({ peers: { maxPeers: 100 } }, undefined, undefined, { tracer });

describe('the sample', () => {
  it.each([1, 7])('is one command in %i exactly, whatever comes of them', async (sampleEvery) => {
    const notes = new Notes(sampleEvery);
    const registry = registryWith(notes);
    const calls = Array.from({ length: 70 }, (_, at) =>
      at % 10 === 9 ? registry.remove('nobody') : registry.upsert(peerNumbered(at)),
    );
    await Promise.allSettled(calls);
    await registry.close();
    expect(notes.begun).toHaveLength(70 / sampleEvery);
    const seqs = notes.ends.flatMap(({ seq }) => seq ?? []);
    const committed = Array.from({ length: 70 }, (_, at) => at).filter((at) => at % 10 !== 9);
    const sampled = (_: unknown, index: number) => (committed[index]! + 1) % sampleEvery === 0;
    expect(seqs).toEqual(committed.map((_, index) => index + 1).filter(sampled));
  });

  it('is left out, and counted, while too many are traced', () => {
    const notes = new Notes();
    const { tracing } = traced(notes);
    const traces = Array.from({ length: 1_003 }, () => tracing.begin('upsert'));
    expect(traces.filter(Boolean)).toHaveLength(1_000);
    traces[0]!.resolved('added', 1);
    expect(tracing.begin('upsert')).toBeDefined();
    expect(notes.begun.slice(-2).map(({ leftOut }) => leftOut)).toEqual([0, 3]);
  });

  it('is none when its tracer wants nothing of it', () => {
    const { tracing } = traced({ began: () => undefined });
    expect([tracing.begin('remove'), tracing.open]).toEqual([undefined, 0]);
  });
});

describe('what is told of a command', () => {
  it('is what came of it, and when, by one clock that never goes back', async () => {
    const notes = new Notes();
    const registry = registryWith(notes);
    const entry = peerNumbered(1);
    await registry.upsert(entry);
    await registry.upsert(entry);
    await registry.updateTrust('nobody', 1).catch(() => undefined);
    await registry.close();
    const told = notes.ends.map(({ kind, outcome, seq, change, votes }) => [
      ...[kind, outcome, seq, change],
      votes.length,
    ]);
    expect(told).toEqual([
      ['upsert', 'committed', 1, 'added', 0],
      ['upsert', 'unchanged', undefined, 'unchanged', 0],
      ['update', 'rejected', undefined, undefined, 0],
    ]);
    expect(notes.ends[2]!.error).toMatchObject({ code: 'PEER_NOT_FOUND' });
    for (const { at, endedAt } of notes.ends) expect(endedAt).toBeGreaterThanOrEqual(at);
    expect(Math.abs(notes.ends[0]!.at - systemClock.now())).toBeLessThan(60_000);
  });

  it('is told as failed when the registry fails before its turn', async () => {
    const notes = new Notes();
    const registry = registryWith(notes);
    const lost = registry.upsert(peerNumbered(1));
    registry.breakDown(new Error('a bug'));
    await expect(lost).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
    await settleTurns();
    expect(notes.ends.map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  it('comes after its caller was told, and all of it before the registry is closed', async () => {
    const notes = new Notes();
    const registry = registryWith(notes);
    await registry.upsert(peerNumbered(1));
    expect([notes.begun.length, notes.ends.length]).toEqual([1, 0]);
    await registry.close();
    expect(notes.ends).toHaveLength(1);
  });
});

describe('a tracer that misbehaves', () => {
  const throwing = (): never => {
    throw new Error('told to');
  };
  const listener = { ended: () => undefined, handled: () => undefined };

  it.each<[string, Tracer['began']]>([
    ['throws as a command begins', throwing],
    ['throws as a command ends', () => ({ ...listener, ended: throwing })],
    ['gives no listener', () => 7 as never],
    ['gives null', () => null as never],
    ['gives half a listener', () => ({ ended: () => undefined }) as never],
    ['gives a promise that rejects', () => Promise.reject(new Error('told to')) as never],
    [
      'rejects',
      () => ({ ...listener, ended: () => Promise.reject(new Error('told to')) as never }),
    ],
  ])('harms nobody and is called no more: it %s', async (_, began) => {
    let calls = 0;
    const registry = registryWith({
      sampleEvery: 1,
      began: (command) => (calls++, began(command)),
    });
    for (let at = 0; at < 3; at++) {
      expect(await registry.upsert(peerNumbered(at))).toEqual({ seq: at + 1, change: 'added' });
      await settleTurns();
    }
    expect(calls).toBe(1);
    expect(registry.warnings).toHaveLength(1);
    expect(registry.warnings[0]).toContain(`option 'tracer' is not called any more: it threw`);
    await registry.close();
  });

  it('is told what it should have given', () => {
    const { tracing, warnings } = traced({ sampleEvery: 1, began: () => null as never });
    tracing.begin('upsert');
    expect(warnings).toEqual([
      "option 'tracer' is not called any more: it threw: expected began() to return an object with " +
        'the methods ended and handled, or undefined, got null',
    ]);
    expect(tracing.open).toBe(0);
  });

  it('is called no more when it is slow: nothing is outstanding then', async () => {
    let calls = 0;
    const { clock, tracing, warnings } = traced({
      sampleEvery: 1,
      began: () => {
        calls++;
        clock.advance(50);
        return listener;
      },
    });
    for (let time = 0; time < 5; time++) if (tracing.isDue()) tracing.begin('upsert');
    await settleTurns();
    expect([calls, warnings.length]).toEqual([3, 1]);
  });

  it('may send commands, which are not traced, and close the registry', async () => {
    const notes = new Notes();
    const sent: Promise<object>[] = [];
    const registry = registryWith({
      sampleEvery: 1,
      began: (command) => {
        sent.push(registry.upsert(peerNumbered(notes.begun.length + 10)));
        if (notes.begun.length === 1) sent.push(registry.close().then(() => ({})));
        return notes.began(command);
      },
    });
    await registry.upsert(peerNumbered(1));
    const last = registry.upsert(peerNumbered(2));
    expect((await Promise.allSettled([last])).map(({ status }) => status)).toEqual(['fulfilled']);
    await Promise.all(sent);
    expect([notes.begun.length, registry.lastSeq]).toEqual([2, 4]);
    await registry.close();
  });
});

describe('the option', () => {
  const began = () => undefined;

  it.each<[unknown, string]>([
    [7, "option 'tracer': expected an object, got 7"],
    [{}, "option 'tracer': expected an object with the method began, got undefined there"],
    [
      { began, sampleEvery: 0 },
      "option 'sampleEvery': expected a whole number from 1 to 2147483647",
    ],
    [{ began, sampleEvery: '1' }, "option 'sampleEvery': expected a whole number"],
    [{ began, followMs: Infinity }, "option 'followMs': expected a whole number"],
  ])('is refused: %j', (tracer, message) => {
    expect(() => ownTracer(tracer)).toThrow(message);
    expect(() => ownTracer(tracer)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('has its defaults, is read once, and keeps its own this', () => {
    const given = {
      sampleEvery: 5,
      kind: '',
      began(this: { kind: string }) {
        this.kind = 'it';
      },
    };
    const own = ownTracer(given);
    given.sampleEvery = 9;
    own.began({ kind: 'upsert', at: 0, leftOut: 0 });
    expect([own.sampleEvery, own.followMs, given.kind]).toEqual([5, 30_000, 'it']);
    expect(ownTracer({ began }).sampleEvery).toBe(1_000);
    // What is checked is not checked again, and nobody changes it meanwhile.
    expect(ownTracer(own)).toBe(own);
    expect(Object.isFrozen(own)).toBe(true);
  });
});
