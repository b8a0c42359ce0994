import { expect, it } from 'vitest';
import { CpuShare } from './cpu-share.js';
import { Stage } from '../scripted-host.fixture.js';

/** A second on two processors: the share after it. */
function after(usedMs: number, idleMs: number, busyThreads: number): number {
  let times = { usedMs: 7_000, idleMs: 9_000 };
  const share = new CpuShare(() => times);
  expect(share.at(0, true, busyThreads)).toBe(1);
  times = { usedMs: times.usedMs + usedMs, idleMs: times.idleMs + idleMs };
  return share.at(1_000, true, busyThreads);
}

it('time counts in full while a processor rests, whoever used the others', () => {
  expect(after(0, 2_000, 1)).toBe(1);
  expect(after(1_000, 1_000, 2)).toBe(1);
  expect(after(0, 51, 100)).toBe(1);
});

it('time counts in full while there was a tenth of a processor for each that wanted one', () => {
  expect(after(2_000, 0, 2)).toBe(1);
  expect(after(2_000, 0, 20)).toBe(1);
  expect(after(200, 0, 2)).toBe(1);
});

it('time counts for less when there was less to share, and never for nothing', () => {
  expect(after(2_000, 0, 40)).toBeCloseTo(0.5);
  expect(after(500, 0, 20)).toBeCloseTo(0.25);
  expect(after(0, 0, 5)).toBe(0.2);
});

it('it is asked for now and then, and only while somebody is silent', () => {
  let asked = 0;
  const share = new CpuShare(() => ({ usedMs: asked++, idleMs: 0 }));
  for (let now = 0; now < 1_000; now += 25) share.at(now, false, 9);
  expect(asked).toBe(0);
  for (let now = 1_000; now < 2_000; now += 25) share.at(now, true, 9);
  expect(asked).toBe(4);
  expect(share.at(2_000, false, 9)).toBe(1);
});

it('an observer is not taken for hung while it may merely lack a processor, and is in the end', async () => {
  const stage = new Stage({ restart: { minBackoffMs: 60_000, maxBackoffMs: 60_000 } });
  stage.script = { probe: 'hangs' };
  const handle = await stage.supervisor.register(stage.spec('a'));
  stage.write();
  // No processor rests, and this process gets a twentieth of one, for this thread and another.
  stage.processors.idleMs = 0;
  const starve = async (ms: number) => {
    for (let left = ms; left > 0; left -= 25) {
      stage.host.worked.active += 25;
      stage.processors.usedMs += 25 / 20;
      await stage.pass(25, 25);
    }
  };
  await starve(16_000);
  expect(handle.state).toBe('live');
  await starve(6_000);
  expect(handle.stats()).toMatchObject({ state: 'backoff', reasons: [{ code: 'hung' }] });
});
