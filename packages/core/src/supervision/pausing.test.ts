import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import { live } from './live-observer.fixture.js';
import type { Stage } from './scripted-host.fixture.js';

/** Writes once around the log. */
function overtake({ log }: Stage): number {
  const { writer, memory } = log;
  const end = writer.checkpoint().position + memory.units;
  let seq = writer.lastSeq;
  while (writer.checkpoint().position <= end) {
    writer.begin(1, 0, 0, ++seq, 4096);
    writer.publish();
  }
  return seq;
}

/** How a call ends: with 'done', or with the code of its error. */
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a paused observer', () => {
  it('gets nothing until it is resumed, and goes on where it was, in the same incarnation', async () => {
    const { stage, handle } = await live();
    const at = stage.clock.now();
    await handle.pause();
    expect(handle.stats()).toMatchObject({ state: 'paused', pausedAt: at });
    stage.write();
    await stage.pass(1_000);
    await handle.pause();
    expect(handle.stats()).toMatchObject({ state: 'paused', pausedAt: at, lag: 1 });
    await handle.resume();
    await handle.resume();
    expect(stage.hosts).toHaveLength(1);
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause', 'follow']);
    expect(handle.stats()).toMatchObject({ state: 'live', pausedAt: 0, resyncs: 0, restarts: 0 });
  });

  it('is paused when its handler has settled, not before; a caller that waits too long is told', async () => {
    const { stage, handle } = await live({}, {}, { pause: 'hangs' });
    const [early, late] = [handle.pause({ timeoutMs: 100 }), handle.pause()].map(outcome);
    await stage.pass(100);
    expect(await early).toBe('OBSERVER_TIMEOUT');
    expect(handle.stats()).toMatchObject({ state: 'live', pausedAt: expect.any(Number) as number });
    stage.host.leave('paused');
    expect(await late).toBe('done');
    expect(handle.state).toBe('paused');
    expect(stage.host.calls.filter((call) => call === 'pause')).toHaveLength(1);
    expect(stage.clock.timers).toBe(0);
  });

  it('goes on without a snapshot when it is resumed before it had paused, and who paused it is told', async () => {
    const { stage, handle } = await live({}, {}, { pause: 'hangs' });
    const paused = outcome(handle.pause());
    await handle.resume();
    expect(await paused).toBe('OBSERVER_UNAVAILABLE');
    stage.host.leave('paused');
    await settleTurns();
    expect(handle.state).toBe('live');
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause', 'follow']);
  });

  it('tells who resumes it when it is paused again before it follows', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    overtake(stage);
    const resumed = outcome(handle.resume());
    expect(handle.state).toBe('syncing');
    await handle.pause();
    expect(await resumed).toBe('OBSERVER_UNAVAILABLE');
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause', 'load']);
  });

  it('is held to be wrong when it says that it has paused, and was not told to', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    await handle.resume();
    stage.host.leave('paused');
    await settleTurns();
    expect(handle.stats()).toMatchObject({ state: 'backoff', reasons: [{ code: 'error' }] });
    expect(handle.stats().lastError!.message).toContain('took itself for paused, which it is not');
  });

  it.each(['lap', 'block'] as const)(
    'does not hold the log (onLag: %s), and gets a snapshot when that has overtaken it',
    async (onLag) => {
      const { stage, handle } = await live({}, { onLag });
      const { lines } = stage.log;
      const line = stage.host.line!;
      const first = stage.write();
      await handle.pause();
      expect(lines.isGating(line)).toBe(false);
      const seq = overtake(stage);
      expect(handle.stats()).toMatchObject({ cursor: 0, lag: seq });
      expect(seq).toBeGreaterThan(first);
      await handle.resume();
      expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause', 'load', 'follow']);
      expect(handle.stats()).toMatchObject({ resyncs: 1, incarnation: 1, cursor: seq });
      expect(lines.isGating(line)).toBe(onLag === 'block');
    },
  );

  it('is waited for again when it goes on where it was', async () => {
    const { stage, handle } = await live({}, { onLag: 'block' });
    await handle.pause();
    stage.log.lines.pass(stage.host.line!);
    stage.log.lines.setGating(stage.host.line!, false);
    await handle.resume();
    expect(stage.log.lines.isGating(stage.host.line!)).toBe(true);
  });

  it('that was overtaken as it paused gets its snapshot when it is resumed', async () => {
    const { stage, handle } = await live({}, {}, { pause: 'hangs' });
    const paused = handle.pause();
    overtake(stage);
    stage.host.lap();
    await paused;
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause']);
    await handle.resume();
    expect(stage.host.calls.slice(4)).toEqual(['load', 'follow']);
  });

  it('may be paused and overtaken as often as one likes: no snapshot was of no use', async () => {
    const { stage, handle } = await live({ maxResyncs: 1 });
    for (let time = 1; time < 6; time++) {
      await handle.pause();
      overtake(stage);
      await handle.resume();
      expect(handle.stats()).toMatchObject({ resyncs: time, incarnation: 1, state: 'live' });
    }
    expect(stage.clock.timers).toBe(0);
  });

  it('is not waited for by settled, also not before it has paused, nor at the end', async () => {
    const { stage, handle } = await live({}, {}, { pause: 'hangs' });
    const seq = stage.write();
    const settled = stage.supervisor.settled(seq, undefined);
    const paused = handle.pause();
    await settled;
    await stage.supervisor.drained(seq, 1_000);
    stage.host.leave('paused');
    await paused;
    await stage.supervisor.settled(seq, undefined);
  });

  it('is not evicted for being silent, and not at once when it is resumed', async () => {
    const { stage, handle } = await live({}, {}, { pause: 'hangs' });
    const paused = handle.pause();
    stage.clock.advance(10_000);
    expect(handle.state).toBe('live');
    expect(await stage.supervisor.evictStale(1_000)).toBe(0);
    stage.host.leave('paused');
    await paused;
    stage.clock.advance(10_000);
    expect(await stage.supervisor.evictStale(1_000)).toBe(0);
    await handle.resume();
    expect(await stage.supervisor.evictStale(1_000)).toBe(0);
    stage.clock.advance(10_000);
    expect(await stage.supervisor.evictStale(1_000)).toBe(1);
  });

  it('is not taken for stalled, but is for hung when its thread does not come back', async () => {
    const { stage, handle } = await live({ hangTimeoutMs: 1_000 });
    await handle.pause();
    stage.write();
    await stage.pass(5_000);
    expect(handle.state).toBe('paused');
    Object.assign(stage.host.script, { probe: 'hangs' });
    for (let left = 4_000; left > 0; left -= 50) {
      stage.host.worked.active += 50;
      await stage.pass(50);
    }
    expect(handle.stats().reasons).toMatchObject([{ code: 'hung' }]);
  });

  it('answers from what it knows', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    const answer = handle.ask('size', []);
    stage.host.answer.settle(7);
    expect(await answer).toBe(7);
  });

  it('refuses figures after a transaction that it has not had', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    const after = stage.log.writer.lastSeq + 1;
    expect(await outcome(handle.metrics({ after }))).toBe('QUERY_FAILED');
  });
});

describe('a pause goes on', () => {
  it('when its thread dies: the next one is set up, and gets nothing', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(handle.stats()).toMatchObject({ state: 'backoff', restarts: 1 });
    await handle.pause();
    stage.clock.advance(100);
    await settleTurns();
    expect(handle.stats()).toMatchObject({ state: 'paused', incarnation: 2 });
    expect(stage.host.calls).toEqual(['start']);
    expect(await outcome(handle.ask('size', []))).toBe('OBSERVER_UNAVAILABLE');
    await handle.resume();
    expect(stage.host.calls).toEqual(['start', 'load', 'follow']);
  });

  it('when it is restarted: that resolves when the next one is set up', async () => {
    const { stage, handle } = await live();
    await handle.pause();
    await handle.restart();
    expect(handle.stats()).toMatchObject({ state: 'paused', incarnation: 2, restarts: 0 });
    expect(stage.host.calls).toEqual(['start']);
    await handle.resume();
    expect(handle.state).toBe('live');
  });

  it('when it began as the snapshot was read, which is read to its end', async () => {
    const { stage, handle } = await live();
    stage.script = { load: 'hangs' };
    const restarted = outcome(handle.restart());
    await settleTurns();
    const paused = handle.pause();
    expect(handle.state).toBe('syncing');
    stage.host.loaded.settle();
    await paused;
    expect(await restarted).toBe('done');
    expect(stage.host.calls).toEqual(['start', 'load']);
    await handle.resume();
    expect(stage.host.calls).toEqual(['start', 'load', 'follow']);
  });

  it('when it is given up and revived', async () => {
    const { stage, handle } = await live({ restart: { maxRestarts: 0 } });
    await handle.pause();
    stage.host.die(new Error('crash'));
    await settleTurns();
    expect(handle.state).toBe('quarantined');
    expect(await outcome(handle.resume())).toBe('OBSERVER_UNAVAILABLE');
    expect(await outcome(handle.pause())).toBe('OBSERVER_UNAVAILABLE');
    stage.supervisor.revive('a');
    await settleTurns();
    expect(handle.state).toBe('paused');
  });

  it('until it is unregistered, or the registry closes: it is stopped like any other', async () => {
    const { stage, handle } = await live();
    const other = await stage.supervisor.register(stage.spec('b'));
    await Promise.all([handle.pause(), other.pause()]);
    await stage.supervisor.unregister('a');
    expect(await handle.ended).toMatchObject({ code: 'unregistered' });
    expect(await outcome(handle.resume())).toBe('OBSERVER_UNAVAILABLE');
    await stage.supervisor.close();
    expect(await other.ended).toMatchObject({ code: 'closed' });
    expect(await outcome(other.resume())).toBe('REGISTRY_CLOSED');
    for (const host of stage.hosts) expect(host.calls).toContain('stop');
    expect(stage.failures).toEqual([]);
  });
});

describe('a paused voter', () => {
  it('is away, and gets a snapshot when it is resumed: it has missed what became of its votes', async () => {
    const { stage, handle } = await live({}, { role: 'critical' });
    await handle.pause();
    expect(stage.electorate.refusal(1)).toMatchObject({
      code: 'OBSERVER_UNAVAILABLE',
      message: expect.stringContaining("'a' is paused") as string,
    });
    expect(stage.log.lines.isGating(stage.host.line!)).toBe(false);
    await handle.resume();
    expect(stage.electorate.refusal(1)).toBeUndefined();
    expect(stage.host.calls).toEqual(['start', 'load', 'follow', 'pause', 'load', 'follow']);
  });

  it('is waited for as long as any voter that is away, with onUnavailable: wait', async () => {
    const { stage, handle } = await live(
      { unavailableWaitMs: 500 },
      { role: 'critical', onUnavailable: 'wait' },
    );
    await handle.pause();
    expect(stage.electorate.holdMs()).toBe(500);
    await stage.pass(500);
    expect(stage.electorate.holdMs()).toBe(0);
  });

  it('is away when it is restarted, too', async () => {
    const { stage, handle } = await live({}, { role: 'critical' });
    const restarted = handle.restart();
    expect(stage.electorate.refusal(1)!.message).toContain("'a' is restarting");
    await restarted;
    expect(stage.electorate.refusal(1)).toBeUndefined();
  });
});
