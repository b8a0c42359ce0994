import { formatShort } from './figure-format.js';

/** What is drawn. */
export interface LineChart {
  readonly title: string;
  /** A line below the title: where the figures come from. */
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** An axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
}

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** Pairs of x and y, by rising x; on a logarithmic axis more than 0. */
  readonly points: readonly (readonly [number, number])[];
  /** Drawn so that it stands out. */
  readonly isMain?: boolean;
}

const width = 760;
const height = 440;
const plot = { left: 70, right: 560, top: 70, bottom: 380 };
/** Names beside the ends of lines stand at least so far apart. */
const nameHeight = 17;

/** Colours that people with any colour vision tell apart (Okabe and Ito), for light and for dark. */
const colours = [
  ['#0072b2', '#56b4e9'],
  ['#b35900', '#e69f00'],
  ['#00795a', '#2fc99b'],
  ['#a8457f', '#e08fbf'],
  ['#6b6b00', '#f0e442'],
  ['#c22f2f', '#ff7f6b'],
  ['#5a4fcf', '#a79cff'],
  ['#555555', '#aaaaaa'],
] as const;

/** A line chart as one SVG file: needs nothing else, and follows the reader's light or dark scheme. */
export function drawLineChart(chart: LineChart): string {
  const points = chart.series.flatMap((series) => series.points);
  const x = scaleOf(
    chart.x,
    points.map(([at]) => at),
    plot.left,
    plot.right,
  );
  const y = scaleOf(
    chart.y,
    points.map(([, value]) => value),
    plot.bottom,
    plot.top,
  );
  const xs = [...new Set(points.map(([at]) => at))].sort((a, b) => a - b);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(chart.title)}">`,
    `<style>${styles(chart.series.length)}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(20, 30, 'title', chart.title),
    text(20, 50, 'quiet', chart.subtitle),
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${plot.left} ${y.at(tick)}H${plot.right}"/>`,
      text(plot.left - 8, y.at(tick) + 4, 'tick end', formatShort(tick)),
    ]),
    ...xs.flatMap((at) => [
      `<path class="grid" d="M${x.at(at)} ${plot.top}V${plot.bottom}"/>`,
      text(x.at(at), plot.bottom + 20, 'tick middle', formatShort(at)),
    ]),
    text((plot.left + plot.right) / 2, plot.bottom + 45, 'tick middle', chart.x.label),
    text(plot.left, plot.top - 8, 'tick', chart.y.label),
    ...chart.series.map((series, index) => drawSeries(series, index, x, y)),
    ...placeNames(chart.series, y).map(({ index, at }) => {
      const { name, isMain } = chart.series[index]!;
      return text(plot.right + 12, at, `name c${index}${isMain === true ? ' main' : ''}`, name);
    }),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly ticks: readonly number[];
  /** Where a value is, in pixels. */
  at(value: number): number;
}

/** An axis that begins and ends at a tick: powers of ten, or from 0 in five steps. */
function scaleOf({ scale }: Axis, values: readonly number[], start: number, end: number): Scale {
  const place = (share: number): number => Math.round(10 * (start + share * (end - start))) / 10;
  if (scale === 'log') {
    const isX = start < end;
    const logs = values.map((value) => Math.log10(value));
    // Along x, the points reach to both ends; along y, the powers of ten around them do.
    const low = isX ? Math.min(...logs) : Math.floor(Math.min(...logs));
    const high = Math.max(isX ? Math.max(...logs) : Math.ceil(Math.max(...logs)), low + 0.01);
    const ticks: number[] = [];
    for (let power = Math.ceil(low); power <= high; power++) ticks.push(10 ** power);
    return { ticks, at: (value) => place((Math.log10(value) - low) / (high - low)) };
  }
  const step = roundStep(Math.max(...values, Number.MIN_VALUE) / 5);
  const steps = Math.ceil(Math.max(...values) / step);
  const ticks = Array.from({ length: steps + 1 }, (_, tick) =>
    Number((tick * step).toPrecision(6)),
  );
  return { ticks, at: (value) => place(value / (steps * step)) };
}

/** The next larger one of 1, 2 and 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= step * 0.999)!;
  return factor * power;
}

function drawSeries({ points, isMain }: Series, index: number, x: Scale, y: Scale): string {
  const main = isMain === true ? ' main' : '';
  const path = points.map(([at, value]) => `${x.at(at)} ${y.at(value)}`).join('L');
  const dots = points.map(
    ([at, value]) => `<circle class="dot c${index}" cx="${x.at(at)}" cy="${y.at(value)}" r="3.5"/>`,
  );
  return [`<path class="line l${index}${main}" d="M${path}"/>`, ...dots].join('\n');
}

/** Where names go: beside the ends of their lines, moved apart where they would overlap. */
function placeNames(series: readonly Series[], y: Scale): { index: number; at: number }[] {
  const places = series
    .map(({ points }, index) => ({ index, at: y.at(points.at(-1)![1]) + 4 }))
    .sort((a, b) => a.at - b.at);
  for (let at = 1; at < places.length; at++) {
    places[at]!.at = Math.max(places[at]!.at, places[at - 1]!.at + nameHeight);
  }
  // What was pushed out at the bottom pushes back.
  for (let at = places.length - 1, limit: number = plot.bottom; at >= 0; at--) {
    places[at]!.at = Math.min(places[at]!.at, limit);
    limit = places[at]!.at - nameHeight;
  }
  return places;
}

function styles(series: number): string {
  const theme = (
    side: 0 | 1,
    [page, ink, quiet, grid]: readonly [string, string, string, string],
  ) =>
    [
      `.page{fill:${page}}text{fill:${ink}}.quiet,.tick{fill:${quiet}}.grid{stroke:${grid}}`,
      ...Array.from({ length: series }, (_, index) => {
        const colour = colours[index % colours.length]![side];
        return `.c${index}{fill:${colour}}.l${index}{stroke:${colour}}`;
      }),
    ].join('');
  return [
    'text{font:13px system-ui,sans-serif}.title{font-size:17px;font-weight:600}',
    '.tick{font-size:12px}.end{text-anchor:end}.middle{text-anchor:middle}',
    '.line{fill:none;stroke-width:1.75}.line.main{stroke-width:3.5}.name.main{font-weight:700}',
    theme(0, ['#ffffff', '#1a1a1a', '#5f5f5f', '#e4e4e4']),
    `@media (prefers-color-scheme:dark){${theme(1, ['#14171a', '#f0f0f0', '#a5a5a5', '#2e3338'])}}`,
  ].join('');
}

const text = (x: number, y: number, styleClass: string, content: string): string =>
  `<text x="${x}" y="${y}" class="${styleClass}">${escape(content)}</text>`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escape = (content: string): string =>
  content.replace(/[&<>"]/g, (character) => entities[character]!);
