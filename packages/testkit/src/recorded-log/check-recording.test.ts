import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endingOf, historyOf } from '../checkers/hand-made.fixture.js';
import { checkRecording } from './check-recording.js';
import { factsOf, newFile, type Part, writeLog } from './recorded-log.fixture.js';

/** A hand-made history as blocks of one record each. */
const partsOf = (observer: number, text: string): Part[] =>
  historyOf(text).map(({ incarnation, at, record }) => ({
    observer,
    incarnation,
    at,
    records: [record],
  }));

describe('checking a recorded log', () => {
  it('counts what each observer saw, through its incarnations', async () => {
    const parts = [
      ...partsOf(0, 's0() 1[+p1;+q1] 2-q1 =2 #x .'),
      ...partsOf(1, 's0() 1[+p1;+q1] | s1(p1,q1) 2-q1 #x'),
    ];
    const file = writeLog(factsOf('a', 'b'), parts, endingOf(2, 'p1', 'a', 'b'));
    expect(await checkRecording(file)).toMatchObject({
      schema: 'panoptes.check/1',
      file,
      source: 'hand-made',
      seed: null,
      complete: true,
      observers: [
        { name: 'a', incarnations: 1, snapshots: 1, events: 2, changes: 3 },
        { name: 'b', incarnations: 2, snapshots: 2, events: 2, changes: 3 },
      ],
      violations: [],
      verdict: 'pass',
    });
  });

  it.each([
    ['holds its header alone', ''],
    ['was cut between two blocks', 's0() 1+p1'],
  ])('does not pass one that %s, and says what could not be checked', async (_, text) => {
    const file = writeLog(factsOf('a', 'b'), text === '' ? [] : partsOf(0, text));
    const document = await checkRecording(file);
    expect(document).toMatchObject({ complete: false, verdict: 'incomplete' });
    const delivery = document.rules.find(({ rule }) => rule === 'delivery');
    expect(delivery).toMatchObject({ checked: 0, skipped: 2 });
  });

  it('names the block, and keeps the first breaches only', async () => {
    const twice = '1+p1 '.repeat(120);
    const file = writeLog(factsOf('a'), partsOf(0, `s0() ${twice}`));
    const document = await checkRecording(file);
    expect(document.violations).toHaveLength(100);
    expect(document.violations[0]!.place).toEqual({
      observer: 'a',
      incarnation: 1,
      record: 5,
      offset: expect.any(Number) as number,
    });
    const found = document.rules.reduce((sum, { violations }) => sum + violations, 0);
    expect([found, document.verdict]).toEqual([119, 'fail']);
  });

  it('refuses what is no file', async () => {
    const directory = newFile('x').replace(/\/x$/, '');
    await expect(checkRecording(directory)).rejects.toMatchObject({
      code: 'RECORDED_LOG_INVALID',
      file: directory,
    });
    const text = newFile('notes.txt');
    writeFileSync(text, 'not a log');
    await expect(checkRecording(text)).rejects.toMatchObject({ field: 'magic' });
  });
});
