import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { SampledObserver } from './dashboard-sample.js';
import { ObserverLines } from './observer-lines.js';
import { sampleOf } from './sample.fixture.js';
import { topFrame } from './top-frame.js';
import type { TopView } from './top-view.js';

const view: TopView = {
  ...{ sort: 'lag', isReversed: false, filter: '', isTyping: false, isPaused: false, above: 0 },
};
const colors = pc.createColors(false);

function frame(
  observers: readonly Partial<SampledObserver>[],
  room: { rows: number; columns: number },
  more: { view?: Partial<TopView>; overview?: object; trouble?: string } = {},
): string[] {
  const sample = sampleOf(observers, more.overview);
  const lines = new ObserverLines();
  lines.take(sample);
  const seen = { ...view, ...more.view };
  const shown = {
    title: 'panoptes top · http://127.0.0.1:7337',
    sample,
    view: seen,
    trouble: more.trouble ?? '',
  };
  return topFrame({ ...shown, lines: lines.list(seen) }, { ...room, colors });
}

describe('a screen of observers', () => {
  it('has who lags on top, under what the dashboard says of all', () => {
    const about = [
      { label: 'phase', value: 'steady' },
      { label: 'events', value: 7 },
    ];
    const observers = [{ name: 'mesh' }, { name: 'kademlia', lag: 12_345, state: 'lagging' }];
    const shown = frame(observers, { rows: 9, columns: 60 }, { overview: { about } });
    expect(shown.map((line) => line.trimEnd())).toEqual([
      'panoptes top · http://127.0.0.1:7337 · 2 observers · 3 peer…',
      'phase steady · events 7',
      '',
      'observer  state      ▼lag  events/s   p99   p50  restarts',
      'kademlia  lagging  12,345            2 ms  1 ms         0',
      'mesh      live          0            2 ms  1 ms         0',
      '',
      '',
      expect.stringMatching(/^q quit · .*…$/),
    ]);
  });

  it('has the column it is sorted by, however narrow it is', () => {
    const [, , , head] = frame([{}], { rows: 9, columns: 30 }, { view: { sort: 'role' } });
    expect(head!.trimEnd()).toBe('observer  state  ▼role');
  });

  it('shows no further lines than there are', () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ name: `o${at + 10}` }));
    const shown = frame(many, { rows: 10, columns: 80 }, { view: { above: 99 } });
    expect(shown.slice(4, 9).map((line) => line.slice(0, 3))).toEqual([
      ...['o25', 'o26', 'o27', 'o28', 'o29'],
    ]);
  });

  it('says what is wrong, what is looked for and that it is paused', () => {
    const typing = { filter: 'me', isTyping: true, isPaused: true };
    const [, , status] = frame([], { rows: 9, columns: 80 }, { trouble: 'lost', view: typing });
    expect(status).toBe('lost · paused · filter: me_');
    const [, , filter] = frame([], { rows: 9, columns: 80 }, { view: { filter: 'me' } });
    expect(filter).toBe('filter: me');
    const ended = frame([], { rows: 9, columns: 120 }, { overview: { frozenAt: 5 } });
    expect(ended[0]).toContain('ended');
  });

  it('fits, and no text of an observer or a dashboard can write anywhere else', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('\u001b[2J', '\u202eevil', '漢字かな'.repeat(9), '👩‍👩‍👧‍👦é', 'a\r\nb\tc'),
    );
    const observer = fc.record({ name: text, state: text, role: text, lag: fc.nat() });
    fc.assert(
      fc.property(
        fc.array(observer, { maxLength: 6 }),
        fc.record({ about: fc.array(fc.record({ label: text, value: text }), { maxLength: 3 }) }),
        fc.record({
          rows: fc.integer({ min: 1, max: 20 }),
          columns: fc.integer({ min: 1, max: 99 }),
        }),
        fc.record({ filter: fc.constant(''), trouble: text }),
        (observers, overview, room, { trouble }) => {
          const shown = frame(observers, room, { overview, trouble });
          expect(shown.length).toBeLessThanOrEqual(room.rows);
          for (const line of shown) {
            expect(line).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
            expect(stringWidth(line)).toBeLessThanOrEqual(room.columns);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
