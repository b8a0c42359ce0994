import { describe, expect, it } from 'vitest';
import { settleTurns } from '../registry/manual-clock.fixture.js';
import type { ObserverSpec } from './observer-terms.js';
import { type Script, Stage } from './scripted-host.fixture.js';

const MB = 1024 * 1024;

/** A live observer and its host. */
async function live(script: Script = {}, spec: Partial<ObserverSpec> = {}) {
  const stage = new Stage({ restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 } });
  stage.script = script;
  const handle = await stage.supervisor.register(stage.spec('a', spec));
  return { stage, handle, host: stage.host };
}

const reasonsOf = (stage: Stage) =>
  stage.supervisor.stats().observers.flatMap(({ reasons }) => reasons.map(({ code }) => code));

describe('an observer that makes no progress', () => {
  it.each([
    ['stalled', {}, 0],
    ['hung', { probe: 'hangs' }, 1],
    ['stuck', { probe: 'hangs', measure: 'hangs' }, 1],
    ['hung', { probe: 'hangs', measure: { heapBytes: 1, externalBytes: 1 } }, 1],
  ] as const)('is %s after hangTimeoutMs, not before (%j)', async (code, script, busy) => {
    const { stage, handle, host } = await live(script);
    await stage.pass(10_000);
    expect(handle.state).toBe('live');
    stage.write();
    const work = async (ms: number) => {
      for (let left = ms; left > 0; left -= 50) {
        host.worked[busy === 1 ? 'active' : 'idle'] += 50;
        await stage.pass(50);
      }
    };
    await work(4_700);
    expect(handle.state).toBe('live');
    await work(800);
    expect(handle.state).toBe('backoff');
    expect(host.calls.at(-1)).toBe('kill');
    expect(reasonsOf(stage)).toEqual([code]);
    expect(handle.stats().lastError!.message).toContain('hangTimeoutMs');
  });

  it('is in state stuck until its thread has ended', async () => {
    const { stage, handle } = await live({ kill: 'hangs' });
    stage.write();
    await stage.pass(5_500);
    expect(handle.state).toBe('stuck');
    await expect(handle.ask('size', [])).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
    stage.host.die(new Error('killed at last'));
    await settleTurns();
    expect(handle.state).toBe('backoff');
  });

  it('is hung also when it has nothing to do, if its event loop has no turn', async () => {
    const { stage, handle, host } = await live({ probe: 'hangs' });
    for (let ms = 0; ms < 5_800; ms += 50) {
      host.worked.active += 50;
      await stage.pass(50);
    }
    expect(handle.state).toBe('backoff');
    expect(reasonsOf(stage)).toEqual(['hung']);
  });

  it('is well while its loop turns, however slowly, and while it votes', async () => {
    const { stage, handle, host } = await live();
    const line = stage.log.memory.line(host.line!);
    stage.write();
    for (let turn = 0; turn < 5; turn++) {
      await stage.pass(4_500);
      line[3]!++;
    }
    for (let turn = 0; turn < 5; turn++) {
      await stage.pass(4_500);
      host.health.noteVoting();
    }
    expect(handle.state).toBe('live');
    await stage.pass(5_500);
    expect(reasonsOf(stage)).toEqual(['stalled']);
  });

  it('is found when it does not settle a vote, though it has read all', async () => {
    const { stage, handle, host } = await live();
    host.health.noteVoting();
    await stage.pass(5_500);
    expect(reasonsOf(stage)).toEqual(['stalled']);
    expect(handle.state).toBe('backoff');
  });

  it('is not blamed for stalls of the thread that watches', async () => {
    const { stage, handle } = await live();
    stage.write();
    await stage.pass(1_000);
    for (let stall = 0; stall < 5; stall++) {
      stage.clock.leap(3_000);
      await settleTurns();
    }
    expect(handle.state).toBe('live');
    await stage.pass(5_000);
    expect(handle.state).toBe('backoff');
  });
});

describe('an observer that uses memory', () => {
  it('is killed at its own soft limit, also before it is live', async () => {
    const measure = { heapBytes: 40 * MB, externalBytes: 25 * MB };
    const { stage, handle, host } = await live({ measure }, { memoryLimitMb: 65 });
    host.worked.active += 1_000;
    await stage.pass(500);
    expect(handle.state).toBe('live');
    expect(handle.stats()).toMatchObject({ ...measure });
    stage.script = { measure, start: 'hangs' };
    const greedy = stage.supervisor.register(stage.spec('b', { memoryLimitMb: 64 }));
    await settleTurns();
    stage.host.worked.active += 1_000;
    const refused = expect(greedy).rejects.toThrow(/uses more than 64 MB \(memoryLimitMb\)/);
    await stage.pass(1_000);
    await refused;
    expect(handle.state).toBe('live');
  });

  it('is seen by what it shows of itself while its loop turns', async () => {
    const { stage, handle, host } = await live();
    host.health.noteMemory(70 * MB, 0);
    await stage.pass(1_000);
    expect(handle.state).toBe('live');
    stage.log.memory.line(host.line!)[3]!++;
    await stage.pass(250);
    expect(reasonsOf(stage)).toEqual(['memory']);
  });

  it('is found by the tripwire where nobody can look into a busy thread: the busiest', async () => {
    const stage = new Stage();
    const script: Script = { probe: 'hangs' };
    stage.script = script;
    for (const name of ['idle', 'half', 'busy']) await stage.supervisor.register(stage.spec(name));
    const [, half, busy] = stage.hosts;
    const work = async (ms: number) => {
      for (let left = ms; left > 0; left -= 25) {
        half!.worked.active += 12;
        half!.worked.idle += 13;
        busy!.worked.active += 25;
        await stage.pass(25, 25);
      }
    };
    stage.residentBytes = 500 * MB;
    await work(1_000);
    // The limit, and what two others may have come to keep.
    stage.residentBytes += (64 + 2 * 24) * MB;
    await work(500);
    expect(reasonsOf(stage)).toEqual([]);
    stage.residentBytes += MB;
    await work(300);
    expect(
      stage.supervisor.stats().observers.map(({ name, reasons }) => [name, reasons.length]),
    ).toEqual([
      ['idle', 0],
      ['half', 0],
      ['busy', 1],
    ]);
    expect(reasonsOf(stage)).toEqual(['memory']);
  });

  it('is not laid to the charge of a busy one while many threads start and grow', async () => {
    const stage = new Stage({ maxObservers: 60 });
    stage.script = { probe: 'hangs' };
    await stage.supervisor.register(stage.spec('busy', { memoryLimitMb: 64 }));
    const { host: busy } = stage;
    stage.script = {};
    for (let started = 0; started < 50; started++) {
      await stage.supervisor.register(stage.spec(`started-${started}`));
      stage.residentBytes += 24 * MB;
      stage.host.health.noteMemory(8 * MB, 0);
      stage.log.memory.line(stage.host.line!)[3]!++;
      busy.worked.active += 25;
      await stage.pass(25, 25);
    }
    expect(stage.supervisor.stats().observers.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  it('is not laid to the charge of one on the registry’s own thread', async () => {
    const stage = new Stage();
    stage.script = { probe: 'hangs' };
    await stage.supervisor.register(stage.spec('here', { host: 'inline' }));
    const work = async (ms: number) => {
      for (let left = ms; left > 0; left -= 25) {
        stage.host.worked.active += 25;
        await stage.pass(25, 25);
      }
    };
    stage.residentBytes = 500 * MB;
    await work(1_000);
    stage.residentBytes += 1_000 * MB;
    await work(800);
    expect(reasonsOf(stage)).toEqual([]);
  });

  it('is looked at closely while it grows, and seldom otherwise', async () => {
    const { stage, host } = await live({}, { memoryLimitMb: 1_000 });
    const looks = async (ms: number, growth: number) => {
      const before = host.looks;
      for (let left = ms; left > 0; left -= 25) {
        host.health.noteMemory(host.health.memory.heapBytes + growth, 0);
        stage.log.memory.line(host.line!)[3]!++;
        await stage.pass(25, 25);
      }
      return host.looks - before;
    };
    expect(await looks(5_000, 0)).toBe(20);
    expect(await looks(500, 7 * MB)).toBeGreaterThan(2);
    expect(await looks(200, 63 * MB)).toBe(8);
  });
});

describe('an observer that is behind', () => {
  it('is lagging from half of the log on, and live again once it has caught up', async () => {
    const { stage, handle, host } = await live();
    const writer = stage.log.writer;
    // Records of an eighth of the log less a little.
    const write = () => {
      writer.begin(1, 0, 0, writer.lastSeq + 1, 8_000);
      writer.publish();
    };
    for (let n = 0; n < 4; n++) write();
    await stage.pass(300);
    expect(handle.state).toBe('live');
    write();
    await stage.pass(300);
    expect(handle.state).toBe('lagging');
    expect(handle.stats()).toMatchObject({ state: 'lagging', lag: 5 });
    expect(stage.hosts).toHaveLength(1);
    stage.log.lines.place(host.line!, writer.checkpoint());
    expect(handle.state).toBe('live');
    expect(host.calls.filter((call) => call === 'follow')).toHaveLength(1);
  });
});

describe('what is odd about an observer', () => {
  it('is said once in a while: slow handlers with p50 and p99, lost output, dropped messages', async () => {
    const { stage, host } = await live();
    const said = (code: string) => stage.logged.filter((line) => line['code'] === code);
    for (let second = 0; second < 11; second++) {
      host.health.begin(1, 1);
      host.health.finish(300);
      host.health.noteMessage();
      for (let n = 0; n < 400; n++) host.health.output.write('stdout', 'x'.repeat(100));
      await stage.pass(1_000);
    }
    expect(said('slow-handler')).toMatchObject([
      { slow: 1, heldBack: 0, observer: 'a', incarnation: 1, actor: 'observer' },
      { slow: 11, heldBack: 9 },
    ]);
    expect(Math.abs((said('slow-handler')[0]!['p99Ms'] as number) - 300)).toBeLessThan(20);
    expect(said('output-lost')).toHaveLength(2);
    expect(said('messages-dropped')).toHaveLength(2);
  });

  it('leaves what it prints to the log, at a bounded rate, with its name and without keys', async () => {
    const { stage, host } = await live();
    host.health.output.write('stderr', `lost ${'ab'.repeat(40)}\n`);
    for (let n = 0; n < 250; n++) host.health.output.write('stdout', `line ${n}`);
    await stage.pass(250);
    const printed = () => stage.logged.filter(({ stream }) => stream !== undefined);
    expect(printed()[0]).toMatchObject({ level: 40, msg: 'lost abababab…', observer: 'a' });
    expect(printed()[1]).toMatchObject({ level: 30, msg: 'line 0', stream: 'stdout' });
    expect(printed()).toHaveLength(100);
    await stage.pass(1_000);
    expect(printed()).toHaveLength(200);
  });
});

describe('the watch', () => {
  it('keeps no process alive, and ends with the last observer', async () => {
    const { stage, host } = await live();
    expect(stage.clock.timers).toBe(0);
    await stage.pass(1_000);
    const looks = host.looks;
    expect(looks).toBeGreaterThan(2);
    await stage.supervisor.unregister('a');
    await stage.pass(1_000);
    expect(host.looks).toBe(looks);
    await stage.supervisor.register(stage.spec('b'));
    await stage.pass(500);
    expect(stage.host.looks).toBeGreaterThan(0);
    await stage.supervisor.close();
    await stage.pass(1_000);
    expect(stage.failures).toEqual([]);
  });

  it('S16 tells of a bug of its own instead of swallowing it', async () => {
    const { stage, host } = await live();
    host.activity = () => {
      throw new Error('a bug in a host');
    };
    await stage.pass(250);
    expect(stage.failures).toEqual([new Error('a bug in a host')]);
  });
});
