// A recording of several lives of a registry is one: it is gone on with, whatever its end looks like.
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endingOf, historyOf } from '../checkers/hand-made.fixture.js';
import type { LifeFacts, RunEnding } from '../checkers/history.js';
import { checkRecording } from './check-recording.js';
import { factsOf, newFile } from './recorded-log.fixture.js';
import { endRecordedLog, RecordedLogSink } from './recorded-log-writer.js';
import { Recording } from './recording.js';

const id = 'b3c1e9a0-0000-4000-8000-000000000000';
const clock = { now: () => 0 };

/** Records a life in which the run's one observer sees what a text says. */
async function record(
  file: string,
  life: LifeFacts,
  text: string,
  ending?: RunEnding,
  how: { readonly source?: string; readonly observers?: readonly string[] } = {},
): Promise<void> {
  const { source = 'a run', observers = ['a'] } = how;
  const facts = { ...factsOf(...observers), life };
  const recording = await Recording.goOn(file, { source, seed: '7', facts }, clock);
  const sinks = new Map<number, RecordedLogSink>();
  for (const { incarnation, record: one } of historyOf(text)) {
    const sink =
      sinks.get(incarnation) ?? new RecordedLogSink(file, { observer: 0, incarnation }, clock);
    sinks.set(incarnation, sink);
    sink.take(one);
    sink.flush();
  }
  for (const sink of sinks.values()) sink.close();
  expect(recording.end(ending, clock)).toBeUndefined();
}

const lifeOf = (epoch: number, seq: number): LifeFacts => ({ epoch, seq, id });

describe('a recording', () => {
  it('of lives one after another is one, whether they were ended or killed', async () => {
    const file = newFile('run.plog');
    await record(file, lifeOf(1, 0), 's0() 1+p1 2+q1 =2 .', endingOf(2, 'p1,q1', 'a'));
    await record(file, lifeOf(2, 2), 's2(p1,q1) 3-q1 4+r1');
    await record(file, lifeOf(4, 3), 's3(p1) 4+s1 | s4(p1,s1)', endingOf(4, 'p1,s1', 'a'));
    const found = await checkRecording(file);
    expect(found).toMatchObject({ verdict: 'pass', complete: true, lives: 3, violations: [] });
    expect(found.observers).toMatchObject([{ incarnations: 4, snapshots: 4, events: 5 }]);
    const checked = (name: string) => found.rules.find(({ rule }) => rule === name)!.checked;
    for (const rule of ['E1', 'E2', 'E4', 'delivery']) expect(checked(rule)).toBeGreaterThan(0);
  });

  it('is gone on with from its last whole block, wherever its last write was cut off', async () => {
    const file = newFile('run.plog');
    await record(file, lifeOf(1, 0), 's0() 1+p1 2+q1');
    const whole = readFileSync(file);
    for (let cut = 1; cut <= 60; cut += 7) {
      for (const tail of [Buffer.alloc(0), Buffer.alloc(90)]) {
        // As a process leaves it that is killed in a write, and as a machine that loses power does.
        writeFileSync(file, Buffer.concat([whole.subarray(0, whole.length - cut), tail]));
        await expect(checkRecording(file)).rejects.toMatchObject({ code: 'RECORDED_LOG_INVALID' });
        await record(file, lifeOf(2, 1), 's1(p1) 2+z1', endingOf(2, 'p1,z1', 'a'));
        expect(await checkRecording(file)).toMatchObject({ verdict: 'pass', lives: 2 });
      }
    }
  });

  it.each<[string, LifeFacts, Parameters<typeof record>[4]?]>([
    ['another run', lifeOf(2, 2), { source: 'another' }],
    ['other observers', lifeOf(2, 2), { observers: ['a', 'b'] }],
    ['another registry', { ...lifeOf(2, 2), id: 'another' }],
    ['a later life', lifeOf(1, 0)],
  ])('of %s is begun anew', async (_, life, how) => {
    const file = newFile('run.plog');
    await record(file, lifeOf(1, 0), 's0() 1+p1 2+q1');
    const text = life.seq === 0 ? 's0()' : 's2(p1,q1)';
    await record(file, life, text, endingOf(life.seq, text.slice(3, -1), 'a'), how);
    expect(await checkRecording(file)).toMatchObject({ verdict: 'pass', lives: 1 });
  });

  it('is begun where there is none, and where something else is', async () => {
    const file = newFile('run.plog');
    for (const before of [undefined, '', 'no recording at all']) {
      if (before !== undefined) writeFileSync(file, before);
      await record(file, lifeOf(2, 1), 's1(p1)');
      expect(await checkRecording(file)).toMatchObject({ verdict: 'incomplete', lives: 1 });
    }
  });

  it.each([
    ['E4', lifeOf(2, 3), 's3(p1,q1,r1)', 2],
    ['E2', lifeOf(2, 1), 's1(p1)', 2],
    ['E1', lifeOf(2, 2), 's2(p1)', 2],
    ['delivery', lifeOf(2, 2), 's2(p1,q1)', 3],
  ])('whose lives do not go together breaks %s', async (rule, life, text, last) => {
    const file = newFile('run.plog');
    await record(file, lifeOf(1, 0), 's0() 1+p1 2+q1', endingOf(last, 'p1,q1', 'a'));
    await record(file, life, text);
    const { verdict, violations } = await checkRecording(file);
    expect(verdict).toBe('fail');
    expect(violations.map((one) => one.rule)).toContain(rule);
  });

  it('has nothing behind the end of a life but the next one', async () => {
    const file = newFile('run.plog');
    await record(file, lifeOf(1, 0), 's0()', endingOf(0, '', 'a'));
    const { size } = statSync(file);
    endRecordedLog(file, endingOf(0, '', 'a'), 0);
    await expect(checkRecording(file)).rejects.toThrow('expected nothing after the run’s end');
    truncateSync(file, size);
    expect(await checkRecording(file)).toMatchObject({ verdict: 'pass' });
  });
});
