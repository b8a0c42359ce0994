/** The colour of a line, by its place among all of its chart. */
export const colourOf = (index: number): string => `var(--c${index % series.length})`;

/** Colours that people with any colour vision tell apart (Okabe and Ito), for light and for dark. */
const series = [
  ['#0072b2', '#56b4e9'],
  ['#b35900', '#e69f00'],
  ['#00795a', '#2fc99b'],
  ['#a8457f', '#e08fbf'],
  ['#6b6b00', '#d8cf3a'],
  ['#c22f2f', '#ff7f6b'],
  ['#5a4fcf', '#a79cff'],
  ['#555555', '#aaaaaa'],
] as const;

/** Of what is written and drawn: names of custom properties, in light and in dark. */
const surfaces = {
  page: ['#ffffff', '#14171a'],
  card: ['#f7f8f9', '#1b1f23'],
  ink: ['#1a1a1a', '#f0f0f0'],
  quiet: ['#5f6368', '#a5a9ad'],
  grid: ['#e3e5e8', '#2e3338'],
  band: ['#00000009', '#ffffff0b'],
  good: ['#00795a', '#2fc99b'],
  bad: ['#c22f2f', '#ff7f6b'],
} as const;

/** Whether a line is dashed: where colours begin again, to be told from the first of that colour. */
export const isDashed = (index: number): boolean => Math.floor(index / series.length) % 2 === 1;

const properties = (side: 0 | 1): string =>
  [
    ...Object.entries(surfaces).map(([name, pair]) => `--${name}:${pair[side]};`),
    ...series.map((pair, index) => `--c${index}:${pair[side]};`),
  ].join('');

/** The colours as custom properties; paper is always light. */
export const paletteCss = (root: string): string =>
  `${root}{${properties(0)}color-scheme:light dark}` +
  `@media screen and (prefers-color-scheme:dark){${root}{${properties(1)}}}`;
