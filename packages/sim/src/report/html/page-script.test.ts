import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { aRun } from '../run-document.fixture.js';
import { htmlReport } from './html-report.js';

/** What is used here of a page; this project knows no types of browsers. */
interface PageElement {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  closest(selector: string): PageElement | null;
  dispatchEvent(event: unknown): void;
  click(): void;
}
interface PageWindow {
  readonly document: PageElement;
  readonly MouseEvent: new (type: string, options: { readonly clientX: number }) => unknown;
  readonly SVGSVGElement: { readonly prototype: object };
}
const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
  JSDOM: new (html: string, options: object) => { readonly window: PageWindow };
};

/** How wide charts stand on the page, in pixels, and how far from its edge. */
const [shownWidth, shownLeft] = [460, 20];

/** A report in a browser without a layout, whose charts all have the same place. */
function open(html: string) {
  const errors: unknown[] = [];
  const { window } = new JSDOM(html, {
    runScripts: 'dangerously',
    beforeParse(page: PageWindow & { onerror: unknown }) {
      page.onerror = (message: unknown) => errors.push(message);
      Object.defineProperties(page.SVGSVGElement.prototype, {
        viewBox: {
          get(this: PageElement) {
            const width = Number(this.getAttribute('viewBox')!.split(' ')[2]);
            return { baseVal: { width } };
          },
        },
        getBoundingClientRect: { value: () => ({ left: shownLeft, width: shownWidth }) },
      });
    },
  });
  const { document } = window;
  const charts = [...document.querySelectorAll('svg[data-edges]')].filter(
    (svg) => svg.querySelector('.cross') !== null,
  );
  const chartOf = (name: string): PageElement =>
    charts.find((svg) => svg.getAttribute('aria-label') === name)!;
  /** At a share of the time that a chart is of. */
  const point = (svg: PageElement, share: number, type = 'pointermove'): void => {
    const [left, right] = svg.getAttribute('data-edges')!.split(' ').map(Number);
    const width = Number(svg.getAttribute('viewBox')!.split(' ')[2]);
    const x = left! + share * (right! - left!);
    const clientX = shownLeft + (x * shownWidth) / width;
    svg.dispatchEvent(new window.MouseEvent(type, { clientX }));
  };
  return { document, charts, chartOf, point, errors };
}

const readoutOf = (svg: PageElement): string =>
  svg.closest('figure')!.querySelector('output')!.textContent;

describe('the page of a run', () => {
  it('shows one verdict in its pill', () => {
    for (const [part, words] of [
      [{}, 'fail'],
      [{ verdict: 'pass', thresholds: [], interrupted: true }, 'interrupted'],
      [{ verdict: 'pass', thresholds: [] }, 'pass'],
    ] as const) {
      const { document, errors } = open(htmlReport({ ...aRun, ...part }));
      const pills = [...document.querySelectorAll('.verdict')];
      expect(pills.map(({ textContent }) => textContent)).toEqual([words]);
      expect(errors).toEqual([]);
    }
  });

  it('shows what was at the time that is pointed at, in every chart at once', () => {
    const { charts, chartOf, point, errors } = open(htmlReport(aRun));
    const population = chartOf('Peers online');
    for (const [share, words] of [
      [0, '0: online 5'],
      [0.3, '40 s: online 12'],
      [0.6, '1 m 20 s: online 24'],
      [0.9, '2 m: online 20'],
      [-1, '0: online 5'],
      [2, '2 m: online 20'],
    ] as const) {
      point(population, share);
      expect(readoutOf(population)).toBe(words);
    }
    point(chartOf('Churn'), 0.35);
    expect(readoutOf(population)).toBe('40 s: online 12');
    expect(readoutOf(chartOf('Lag of the observers'))).toBe('40 s: mesh 7');
    expect(charts.length).toBeGreaterThan(5);
    for (const svg of charts) {
      const [left, right] = svg.getAttribute('data-edges')!.split(' ').map(Number);
      const cross = svg.querySelector('.cross')!;
      expect(cross.getAttribute('visibility')).toBe('visible');
      const at = Number(/translate\((.*)\)/.exec(cross.getAttribute('transform')!)![1]);
      expect(at).toBeCloseTo(left! + (right! - left!) / 3);
    }
    expect(errors).toEqual([]);
  });

  it('shows the figures of observers’ own, with gaps where they could not be read', () => {
    const { document, chartOf, point } = open(htmlReport(aRun));
    expect(document.querySelector('main')!.textContent).toContain('What mesh tells');
    const links = chartOf('links');
    const drawn = (svg: PageElement) =>
      [...svg.querySelectorAll('path.line')].map((line) => line.getAttribute('d')!);
    // A point by itself stands between two gaps.
    expect(drawn(links).map((line) => line.split('M').length - 1)).toEqual([2]);
    expect(drawn(links)[0]).toMatch(/^M\S+ \S+L\S+ \S+M\S+ \S+h0$/);
    for (const [share, words] of [
      [0.3, '40 s: links 10'],
      [0.6, '1 m 20 s: links –'],
    ] as const) {
      point(links, share);
      expect(readoutOf(links)).toBe(words);
    }
    // What is below 0 is below the line of 0, within the frame.
    const numbers = /-?\d+(\.\d+)?/g;
    const heights = drawn(chartOf('drift'))[0]!.match(numbers)!.map(Number);
    const [top, , bottom] = [heights[5]!, heights[3]!, heights[1]!];
    expect(top).toBeLessThan(heights[3]!);
    expect(heights[3]!).toBeLessThan(bottom);
    const readout = (): string => readoutOf(chartOf('sizes'));
    point(chartOf('sizes'), 0.9);
    expect(readout()).toBe('2 m: mean 3, p50 4, p99 –');
    const cells = [...document.querySelectorAll('td')].map(({ textContent }) => textContent);
    expect(cells).toContain('7.5 (5 to 10)');
    expect(cells).toContain('-2 (-4 to 0)');
  });

  it('shows it on a telephone at a touch, and nothing any more when nothing points at it', () => {
    const { charts, point } = open(htmlReport(aRun));
    const narrow = charts.find((svg) => svg.getAttribute('class') === 'narrow')!;
    point(narrow, 0.6, 'pointerdown');
    expect(readoutOf(narrow)).toBe('1 m 20 s: online 24');
    point(narrow, 0.6, 'pointerleave');
    expect(readoutOf(narrow)).toBe('');
    for (const svg of charts) {
      expect(svg.querySelector('.cross')!.getAttribute('visibility')).toBe('hidden');
    }
  });

  it('switches lines off and on in the legend, in the chart and in what is read from it', () => {
    const { chartOf, point, errors } = open(htmlReport(aRun));
    const churn = chartOf('Churn');
    const figure = churn.closest('figure')!;
    const [, leaves] = figure.querySelectorAll('button[data-line]');
    const linesOf = (line: number): (string | null)[] =>
      [...figure.querySelectorAll(`svg [data-line="${line}"]`)].map((drawn) =>
        drawn.getAttribute('visibility'),
      );
    point(churn, 0.6);
    expect(readoutOf(churn)).toMatch(/^1 m 20 s: joins [\d.]+, leaves [\d.]+, updates [\d.]+$/);
    leaves!.click();
    expect(leaves!.getAttribute('aria-pressed')).toBe('false');
    // In the picture for screens and in that for telephones.
    expect(linesOf(1)).toEqual(['hidden', 'hidden']);
    expect(linesOf(0)).not.toContain('hidden');
    expect(readoutOf(churn)).toMatch(/^1 m 20 s: joins [\d.]+, updates [\d.]+$/);
    leaves!.click();
    expect(leaves!.getAttribute('aria-pressed')).toBe('true');
    expect(linesOf(1)).toEqual(['visible', 'visible']);
    expect(readoutOf(churn)).toContain('leaves');
    expect(errors).toEqual([]);
  });

  it('says of an observer that came later only what there is of it', () => {
    const [mesh] = aRun.series.observers;
    const late = { ...mesh!, name: '<b>late</b>', lag: [3, 0], state: ['live', 'live'] };
    const series = { ...aRun.series, observers: [mesh!, late] };
    const { document, chartOf, point } = open(htmlReport({ ...aRun, series }));
    const lag = chartOf('Lag of the observers');
    point(lag, 0.34);
    expect(readoutOf(lag)).toBe('40 s: mesh 7, <b>late</b> –');
    point(lag, 0.67);
    expect(readoutOf(lag)).toBe('1 m 20 s: mesh 2, <b>late</b> 3');
    expect([...document.querySelectorAll('output b')]).toEqual([]);
  });

  it('runs no script but its own', () => {
    const { document } = open(htmlReport(aRun));
    const scripts = [...document.querySelectorAll('script')];
    const digest = createHash('sha256').update(scripts[0]!.textContent).digest('base64');
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content');
    expect(scripts).toHaveLength(1);
    expect(policy).toContain(`script-src 'sha256-${digest}'`);
  });
});
