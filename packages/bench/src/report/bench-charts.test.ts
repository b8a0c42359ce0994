import { describe, expect, it } from 'vitest';
import { documentOf, rowOf } from '../bench-rows.fixture.js';
import { benchCharts } from './bench-charts.js';
import { drawLineChart } from './line-chart.js';

/** Names of elements that are opened, in order; fails where markup is not well formed. */
function elementsOf(svg: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const markup = /<(\/?)([a-z]+)((?: [a-z-]+(?::[a-z]+)?="[^"<]*")*)(\/?)>|([^<]+)/giy;
  for (let part = markup.exec(svg); part !== null; part = markup.exec(svg)) {
    const [whole, closing, name, , empty, content] = part;
    if (content !== undefined) {
      expect(content.replace(/&(?:amp|lt|gt|quot);/g, '')).not.toMatch(/&/);
    } else if (closing === '/') {
      expect(open.pop()).toBe(name);
    } else {
      seen.push(name!);
      if (empty === '') open.push(name!);
    }
    if (markup.lastIndex === svg.length) {
      expect(open).toEqual([]);
      return seen;
    }
    expect(whole).not.toBe('');
  }
  throw new Error('the text is not all markup');
}

const fanout = [1, 10, 50].flatMap((observers) => [
  rowOf({ observers, median: 1e6 / observers }),
  rowOf({ observers, median: 5e4 / observers, system: 'postMessage' }),
]);
const scale = [1e3, 1e6].map((peers) =>
  rowOf({ suite: 'scale', metric: 'cost', observers: 0, peers, median: 2.3, unit: 'µs' }),
);

describe('charts', () => {
  it('are made of the figures that a document has', () => {
    expect([...benchCharts(documentOf([...fanout, ...scale])).keys()]).toEqual([
      'fanout.svg',
      'scale.svg',
    ]);
    expect([...benchCharts(documentOf(scale)).keys()]).toEqual(['scale.svg']);
    expect(benchCharts(documentOf([])).size).toBe(0);
  });

  it('are well-formed, with a line for each system and a dot for each figure', () => {
    const svg = benchCharts(documentOf(fanout)).get('fanout.svg')!;
    const elements = elementsOf(svg);
    expect(elements.filter((name) => name === 'circle')).toHaveLength(6);
    expect(svg.match(/class="line /g)).toHaveLength(2);
    expect(svg).toContain('>postMessage</text>');
    expect(svg).toContain('Abacus 3000, 2 cores, Node v20.20.2, seed 1');
    elementsOf(benchCharts(documentOf(scale)).get('scale.svg')!);
  });

  it('need nothing from outside and follow the reader’s scheme', () => {
    for (const svg of benchCharts(documentOf([...fanout, ...scale])).values()) {
      expect(svg).toContain('@media (prefers-color-scheme:dark)');
      expect(svg).not.toMatch(/href|url\(|@import|<script/);
    }
  });

  it('of one figure, or with names that are markup, are well-formed too', () => {
    const svg = drawLineChart({
      title: 'a < b & "c"',
      subtitle: '',
      x: { label: '', scale: 'log' },
      y: { label: '', scale: 'log' },
      series: [{ name: '</svg>', points: [[10, 10]] }],
    });
    expect(elementsOf(svg)).toContain('circle');
    expect(svg).not.toContain('NaN');
  });

  it('put larger figures higher, and ten times as much as far again', () => {
    const svg = drawLineChart({
      title: '',
      subtitle: '',
      x: { label: '', scale: 'log' },
      y: { label: '', scale: 'log' },
      series: [
        {
          name: 'a',
          points: [
            [1, 10],
            [10, 100],
            [100, 1000],
          ],
        },
      ],
    });
    const dots = [...svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    const [first, second, third] = dots as [number, number][];
    expect(second![0] - first![0]).toBeCloseTo(third![0] - second![0]);
    expect(second![0]).toBeGreaterThan(first![0]);
    expect(second![1] - first![1]).toBeCloseTo(third![1] - second![1]);
    expect(second![1]).toBeLessThan(first![1]);
  });

  it('keep names apart that end at the same place', () => {
    const series = Array.from({ length: 6 }, (_, index) => ({
      name: `n${index}`,
      points: [[1, 1] as const, [2, 1 + index / 1000] as const],
    }));
    const axis = { label: '', scale: 'linear' } as const;
    const svg = drawLineChart({ title: '', subtitle: '', x: axis, y: axis, series });
    const heights = [...svg.matchAll(/y="([\d.]+)" class="name/g)]
      .map(([, y]) => Number(y))
      .sort((a, b) => a - b);
    expect(heights).toHaveLength(6);
    for (let at = 1; at < heights.length; at++) {
      expect(heights[at]! - heights[at - 1]!).toBeGreaterThanOrEqual(17);
    }
  });
});
