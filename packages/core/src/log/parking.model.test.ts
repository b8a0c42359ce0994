import { describe, expect, it } from 'vitest';

/*
 * The parking protocol of log-layout.ts as a small machine whose every interleaving is visited: two
 * readers, a writer that publishes three times and rings at once or later. Each step is one atomic
 * operation. The order of the reader's steps is a parameter, to show what each of them is for.
 */

type ReaderStep = 'arm' | 'raise' | 'look';
interface Reader {
  readonly position: number;
  /** Index of the next step of parking; -1 reads, past the end sleeps. */
  readonly at: number;
  readonly armed: boolean;
  readonly woken: boolean;
}
interface State {
  readonly published: number;
  readonly sleepers: boolean;
  readonly writer: 'publish' | 'look' | 'take' | 'notify';
  readonly ringIsScheduled: boolean;
  readonly readers: readonly Reader[];
}

const PUBLISHES = 3;

const reading = (reader: Reader): Reader => ({ ...reader, at: -1 });

/** What a reader may do next, or nothing when it sleeps. */
function stepReader(state: State, index: number, parking: readonly ReaderStep[]): State[] {
  const reader = state.readers[index]!;
  const { published } = state;
  const becomes = (next: Reader, sleepers = state.sleepers): State[] => [
    { ...state, sleepers, readers: state.readers.with(index, next) },
  ];
  if (reader.at === -1) {
    const isNew = published !== reader.position;
    return becomes({ ...reader, position: published, at: isNew ? -1 : 0 });
  }
  const next = { ...reader, at: reader.at + 1 };
  switch (parking[reader.at]) {
    case 'arm':
      if (published !== reader.position) return becomes(reading(reader));
      return becomes({ ...next, armed: true, woken: false });
    case 'raise':
      return becomes(next, true);
    case 'look':
      return becomes(published === reader.position ? next : reading(reader));
    default:
      return reader.woken ? becomes(reading(reader)) : [];
  }
}

/** What the writer, or the ring it scheduled, may do next. */
function stepWriter(state: State): State[] {
  switch (state.writer) {
    case 'publish': {
      const next: State[] = [];
      if (state.published < PUBLISHES) {
        next.push({ ...state, published: state.published + 1, writer: 'look' });
      }
      if (state.ringIsScheduled) next.push({ ...state, ringIsScheduled: false, writer: 'take' });
      return next;
    }
    case 'look':
      if (!state.sleepers) return [{ ...state, writer: 'publish' }];
      return [
        { ...state, writer: 'take' },
        { ...state, writer: 'publish', ringIsScheduled: true },
      ];
    case 'take':
      return [{ ...state, sleepers: false, writer: state.sleepers ? 'notify' : 'publish' }];
    case 'notify': {
      const readers = state.readers.map((reader) =>
        reader.armed ? { ...reader, armed: false, woken: true } : reader,
      );
      return [{ ...state, readers, writer: 'publish' }];
    }
  }
}

/** Visits every reachable state; returns the dead ends in which a reader sleeps over something new. */
function lostWakeUps(parking: readonly ReaderStep[]): { states: number; lost: State[] } {
  const reader: Reader = { position: 0, at: -1, armed: false, woken: false };
  const start: State = {
    published: 0,
    sleepers: false,
    writer: 'publish',
    ringIsScheduled: false,
    readers: [reader, reader],
  };
  const seen = new Set([JSON.stringify(start)]);
  const open = [start];
  const lost: State[] = [];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const next = [
      ...stepWriter(state),
      ...stepReader(state, 0, parking),
      ...stepReader(state, 1, parking),
    ];
    const { published, readers } = state;
    if (next.length === 0 && readers.some(({ position }) => position < published)) lost.push(state);
    for (const one of next) {
      const key = JSON.stringify(one);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(one);
    }
  }
  return { states: seen.size, lost };
}

describe('the parking protocol, in every interleaving', () => {
  it('loses no wake-up when the reader arms, raises and looks again', () => {
    const { states, lost } = lostWakeUps(['arm', 'raise', 'look']);
    expect(states).toBeGreaterThan(1_000);
    expect(lost).toEqual([]);
  });

  it.each<readonly ReaderStep[][]>([
    [['raise', 'arm']],
    [['raise', 'look', 'arm']],
    [['arm', 'raise']],
    [['arm', 'look', 'raise']],
  ])('would lose one with the order %s', (parking) => {
    expect(lostWakeUps(parking).lost.length).toBeGreaterThan(0);
  });
});
