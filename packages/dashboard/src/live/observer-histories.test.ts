import type { ObserverMetrics, ObserverStats } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { ObserverHistories, observerColumns } from './observer-histories.js';
import { OwnHistories } from './own-histories.js';

const stats = (name: string, delivered: number, registeredAt = 1) =>
  ({
    ...{ name, registeredAt, delivered, lag: delivered / 2, handlerP99Ms: 0.25 },
    ...{ heapBytes: 1_000, externalBytes: 10 },
  }) as ObserverStats;

describe('the history of an observer', () => {
  it('has a row for each sample, the last quarter of an hour of them', () => {
    const histories = new ObserverHistories();
    for (let n = 1; n <= 1_000; n++) histories.note([stats('a', n), stats('b', 0)], n * 1_000);
    const { columns, ...rows } = { columns: histories.of('a')!.columns, rows: histories.of('a')! };
    expect(columns).toEqual(observerColumns);
    const list = rows.rows.list();
    expect(list).toHaveLength(900);
    expect(list[0]).toEqual([101_000, 50.5, 101, 0.25, 1_000, 10]);
    expect(list.at(-1)).toEqual([1_000_000, 500, 1_000, 0.25, 1_000, 10]);
  });

  it('ends with the observer: one of the same name that comes later has one of its own', () => {
    const histories = new ObserverHistories();
    histories.note([stats('a', 1), stats('b', 1)], 1_000);
    histories.note([stats('a', 0, 2)], 2_000);
    expect(histories.of('b')).toBeUndefined();
    expect(histories.of('a')!.list()).toEqual([[2_000, 0, 0, 0.25, 1_000, 10]]);
  });

  it('is no place that names of users lead to', () => {
    const histories = new ObserverHistories();
    histories.note([stats('__proto__', 1)], 1_000);
    expect(histories.of('__proto__')!.list()).toHaveLength(1);
    expect(histories.of('constructor')).toBeUndefined();
  });
});

describe('the history of figures of its own', () => {
  const said = (values: Record<string, number | undefined>): ObserverMetrics => ({
    ...{ observer: 'a', seq: 1, incarnation: 1 },
    readings: Object.entries(values).map(([id, value]) => ({
      ...{ id, kind: 'gauge', unit: 'count', says: '', value, error: undefined },
    })) as unknown as ObserverMetrics['readings'],
  });

  it('has what was said when somebody looked, once a second however many look', () => {
    const histories = new OwnHistories();
    for (const at of [1_000, 1_300, 2_000, 2_001]) histories.note('a', said({ size: at }), at);
    histories.note('a', said({ size: undefined }), 3_000);
    expect(histories.of('a')!.columns).toEqual(['at', 'size']);
    expect(histories.of('a')!.list()).toEqual([
      [1_000, 1_000],
      [2_000, 2_000],
      [3_000, NaN],
    ]);
  });

  it('begins anew with other figures, and is shorter when there are very many', () => {
    const histories = new OwnHistories();
    histories.note('a', said({ size: 1 }), 1_000);
    const many = said(Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`m${n}`, n])));
    for (let n = 2; n < 1_000; n++) histories.note('a', many, n * 1_000);
    const list = histories.of('a')!.list();
    expect(list).toHaveLength(Math.floor(16_384 / 65));
    expect(list.at(-1)!.slice(0, 3)).toEqual([999_000, 0, 1]);
  });

  it('is kept of those that were looked at last', () => {
    const histories = new OwnHistories();
    for (let n = 0; n < 16; n++) histories.note(`o${n}`, said({ size: n }), 1_000);
    histories.note('o0', said({ size: 0 }), 2_000);
    histories.note('another', said({ size: 0 }), 2_000);
    expect(histories.of('o0')!.list()).toHaveLength(2);
    expect(histories.of('o1')).toBeUndefined();
    expect(histories.of('o2')).toBeDefined();
  });
});
