import { describe, expect, it } from 'vitest';
import type { ObserverFigures, RegistryPort } from '../driver/registry-port.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { showProgress } from './progress.js';
import { showSweepProgress } from './sweep-progress.js';

const observer = (name: string, state: string): ObserverFigures => ({
  name,
  state,
  delivered: 0,
  lag: 0,
  resyncs: 0,
  restarts: 0,
  incarnation: 1,
  heapBytes: 0,
  externalBytes: 0,
  reasons: [],
});

async function progressOf(isTTY: boolean, names: readonly string[]) {
  const clock = new VirtualClock(0);
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 };
  let fraction = 0;
  const view = showProgress({ stream, clock, fraction: () => fraction, observers: names });
  const port = {
    getObserverStats: () => ({
      observers: [
        observer('the log', 'live'),
        observer('mesh', 'backoff'),
        ...['a', 'b', 'c'].map((name) => observer(name, 'live')),
      ],
    }),
  } as unknown as RegistryPort;
  await view.opening(() => Promise.resolve(port))({ clock, observers: 1 });
  const at = (ms: number, share: number, events: number): void => {
    clock.advanceTo(ms);
    fraction = share;
    view.update({ events, online: 1_234, at: 3_600_000 });
  };
  return { at, written, view };
}

describe('progress without a terminal', () => {
  it('is a line every ten seconds, with the rate, the time left and who is not well', async () => {
    const { at, written, view } = await progressOf(false, ['mesh', 'a', 'b', 'c']);
    at(0, 0, 0);
    at(9_999, 0.1, 9_000);
    expect(written).toEqual([]);
    at(10_000, 0.1, 10_000);
    at(15_000, 0.2, 15_000);
    at(20_000, 0.5, 60_000);
    view.stop();
    expect(written).toEqual([
      '10% · 1 h · 1,234 peers · 1,000 events/s · about 1.5 m left · mesh backoff, 3 live\n',
      '50% · 1 h · 1,234 peers · 5,000 events/s · about 20 s left · mesh backoff, 3 live\n',
    ]);
  });

  it('names only observers that the user has named', async () => {
    const { at, written } = await progressOf(false, ['a', 'b', 'c']);
    at(10_000, 0, 10);
    expect(written.join('')).toBe('0% · 1 h · 1,234 peers · 1 events/s · 3 live\n');
  });
});

describe('progress of a sweep without a terminal', () => {
  it('is a line every ten seconds, which leaves out what was there', () => {
    const clock = new VirtualClock(0);
    const written: string[] = [];
    const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 };
    const view = showSweepProgress(stream, 20, 5, clock);
    for (const at of [4_000, 8_000, 12_000, 16_000, 24_000]) {
      clock.advanceTo(at);
      view.advance();
    }
    view.stop();
    expect(written).toEqual([
      '40% · 8 of 20 runs · about 48 s left\n',
      '50% · 10 of 20 runs · about 48 s left\n',
    ]);
  });
});
