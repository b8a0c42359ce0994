import { describe, expect, it } from 'vitest';
import type { PhaseFigures } from '../run-document.js';
import { aRun } from '../run-document.fixture.js';
import { wide } from './frame.js';
import { frameFor, phaseBands, phaseNames } from './phase-bands.js';

const hour = 3_600_000;

/** Phases of a run of ten hours, each by when it begins and ends. */
const drawn = (...spans: readonly (readonly [name: string, from: number, to: number])[]) => ({
  virtualMs: 10 * hour,
  phases: spans.map(([name, from, to]): PhaseFigures => {
    return { ...aRun.phases[0]!, name, startsAt: from * hour, endsAt: to * hour };
  }),
});

const all = (pattern: RegExp, markup: unknown): string[] =>
  [...String(markup).matchAll(pattern)].map(([, found]) => found!);

const grounds = (run: ReturnType<typeof drawn>): string[] =>
  all(/<title>(.*?)<\/title>/g, phaseBands(run, { top: 0, bottom: 10 }, wide));

describe('the phases behind a chart', () => {
  it('that follow one another are every other one on a darker ground, their names in a row', () => {
    const run = drawn(['before', 0, 4], ['outage', 4, 6], ['after', 6, 10]);
    expect(grounds(run)).toEqual(['outage, 4 h to 6 h']);
    const names = phaseNames(run, wide);
    expect(all(/<text[^>]* y="(\d+)"/g, names)).toEqual(['32', '32', '32']);
    expect(String(names)).not.toContain('<path');
    expect(frameFor(run, wide)).toEqual(wide);
  });

  it('that come while another goes on are darker by each, and named above it with how long each lasts', () => {
    // Not in order of time.
    const run = drawn(['storm', 3, 7], ['calm', 0, 10], ['flood', 5, 9], ['dusk', 8, 10]);
    expect(grounds(run)).toEqual(['storm, 3 h to 7 h', 'flood, 5 h to 9 h', 'dusk, 8 h to 10 h']);
    const framed = frameFor(run, wide);
    expect([framed.top - wide.top, framed.height - wide.height]).toEqual([34, 34]);
    expect(framed.bottom - framed.top).toBe(wide.bottom - wide.top);
    const names = phaseNames(run, framed);
    const rows = all(/<text[^>]* y="(\d+)"/g, names).map(Number);
    // A row holds those that follow one another.
    expect(rows).toEqual([49, 66, 32, 49]);
    expect(all(/d="(M[^"]*)"/g, names)).toEqual([
      'M353.8 53H668.2',
      'M118 70H904',
      'M511 36H825.4',
      'M746.8 53H904',
    ]);
  });

  it('of a document from elsewhere take room for ten at a time, however many there are', () => {
    const many = drawn(
      ...Array.from({ length: 20_000 }, (_, at): [string, number, number] => [`${at}`, 0, 10]),
    );
    expect(frameFor(many, wide).top).toBe(wide.top + 170);
    expect(grounds(many)).toHaveLength(19_999);
  });

  it('have names that are text', () => {
    const run = drawn(['<b>', 0, 5], ['<i>', 0, 9]);
    expect(`${String(phaseNames(run, wide))}${grounds(run).join('')}`).not.toMatch(/<[bi]>/);
  });
});
