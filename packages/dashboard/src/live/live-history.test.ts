import { expect, it } from 'vitest';
import { LiveHistory, historyColumns } from './live-history.js';

it('the lag that is kept is that of those that follow the log', () => {
  const history = new LiveHistory();
  const observers = [
    { name: 'a', registeredAt: 1, state: 'live', lag: 3 },
    { name: 'b', registeredAt: 1, state: 'lagging', lag: 70 },
    { name: 'c', registeredAt: 1, state: 'paused', lag: 900 },
    { name: 'd', registeredAt: 1, state: 'quarantined', lag: 5_000 },
  ];
  const look = {
    registry: { committed: 1, rejected: 2, vetoed: 3, commitMs: { counts: [] } },
    log: { writtenBytes: 4 },
    watched: { peers: 5, waiting: 6, observers: 7 },
    observers,
  };
  const row = history.note(look as never, 1_000, 0);
  for (const noted of [row, ...history.list()]) {
    expect(noted[historyColumns.indexOf('maxLag')]).toBe(70);
  }
});
