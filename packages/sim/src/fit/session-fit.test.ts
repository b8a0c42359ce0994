import { createPeer } from '@panoptes/core';
import { type ChurnEvent, profileOf } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { openTrace } from '../traces/open-trace.js';
import { traceFile } from '../traces/trace-files.fixture.js';
import { fitSessions } from './session-fit.js';
import { readSessions, recordedTimes } from './session-sample.js';

const hour = 3_600;

/** A trace of 100 hours: each session in hours, of a peer of its own. */
const avt = (...sessions: readonly (readonly [number, number])[]): string =>
  traceFile(
    'sessions.avt',
    sessions.map(([from, to], peer) => `p${peer}\t1\t ${from * hour} ${to * hour}\n`).join(''),
  );

const twelve = Array.from({ length: 12 }, (_, n) => [n + 1, 2 * n + 2] as const);

describe('the sessions of a trace', () => {
  it('are those that its ends cut, too, with what was seen of them; or without them', async () => {
    const file = avt([0, 5], [10, 12], [90, 100], [0, 100], [20, 29]);
    const cut = { cutAtStart: 2, cutAtEnd: 2, empty: 0, spanHours: 100 };
    expect(await readSessions(await openTrace(file), 'whole')).toEqual({
      ...cut,
      lengths: [2, 5, 9, 10, 100],
      meanOnline: 1.26,
    });
    expect(await readSessions(await openTrace(file), 'drop')).toEqual({
      ...cut,
      lengths: [2, 9],
      meanOnline: 1.26,
    });
  });

  it('are each of a peer’s, and the last one lasts to the end when its leave was not seen', async () => {
    const minute = 60_000;
    const peer = createPeer(profileOf('p'), new VirtualClock(0));
    // eslint-disable-next-line @typescript-eslint/require-await -- a source is read asynchronously
    async function* events(): AsyncGenerator<ChurnEvent> {
      yield { at: 6 * minute, kind: 'join', peer };
      yield { at: 9 * minute, kind: 'update', peer };
      yield { at: 12 * minute, kind: 'leave', nodeId: 'p' };
      yield { at: 12 * minute, kind: 'join', peer };
      yield { at: 12 * minute, kind: 'leave', nodeId: 'p' };
      yield { at: 30 * minute, kind: 'join', peer };
    }
    const source = {
      name: 'hand-made',
      kind: 'test',
      epochMs: 0,
      events: events(),
      spanMs: () => 60 * minute,
      fractionRead: () => 0,
    };
    expect(await readSessions(source, 'whole')).toEqual({
      lengths: [0.1, 0.5],
      cutAtStart: 0,
      cutAtEnd: 1,
      empty: 1,
      spanHours: 1,
      meanOnline: 0.6,
    });
  });

  it('can be drawn from, unless there are none', async () => {
    expect((await recordedTimes(await openTrace(avt([1, 3], [2, 6])))).meanMs).toBe(
      3 * hour * 1000,
    );
    const mesh = traceFile('mesh.json', '{"nodes":[],"links":[]}');
    await expect(openTrace(mesh).then(recordedTimes)).rejects.toMatchObject({
      code: 'TRACE_INVALID',
    });
  });
});

describe('fitting a trace', () => {
  it('ranks the models, and compares each with the trace', async () => {
    const found = await fitSessions(await openTrace(avt(...twelve)), 'whole');
    expect(found).toMatchObject({
      schema: 'panoptes.fit/1',
      cut: 'whole',
      sessions: { count: 12, cutAtStart: 0, cutAtEnd: 1, empty: 0 },
      spanHours: 24,
      observed: { meanHours: 6.5, quartilesHours: [3.75, 6.5, 9.25] },
    });
    const distances = found.fits.map(({ ks }) => ks);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(new Set(found.fits.map(({ name }) => name)).size).toBe(4);
    // 78 hours of sessions in 24; and 28 of them are more than 5 hours after the join.
    expect(found.meanOnline).toBeCloseTo(78 / 24, 12);
    expect(found.observed.meanOnline).toBeCloseTo(78 / 24, 12);
    expect(found.observed.activeOver5h).toBeCloseTo(28 / 78, 12);
    const pareto = found.fits.find(({ name }) => name === 'pareto')!;
    expect(pareto).toMatchObject({ shape: expect.any(Number) as number, minimumHours: 1 });
    expect(found.fits.find(({ name }) => name === 'exponential')).toMatchObject({
      scaleHours: 6.5,
      meanOnline: 6.5 / 2,
    });
  });

  it.each([
    ['too few', twelve.slice(0, 9), 'expected at least 10 sessions to fit to, got 9'],
    [
      'all of one length',
      twelve.map(([from]) => [from, from + 2] as const),
      'expected sessions of different lengths, got 12 of 2 h each',
    ],
  ])('refuses sessions that are %s', async (_, sessions, message) => {
    const file = avt(...sessions);
    await expect(
      openTrace(file).then((source) => fitSessions(source, 'whole')),
    ).rejects.toMatchObject({
      code: 'TRACE_INVALID',
      message: `${file}: ${message}`,
    });
  });
});
