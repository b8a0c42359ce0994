import type { Screen } from '../report/screen.js';
import { skippedLines } from '../report/skipped-text.js';
import { factLines, textTable } from '../report/text-table.js';
import type { FitDocument, SessionFigures, SessionFit } from './session-fit.js';

/** What was found, for people to read. */
export function formatFit(document: FitDocument, screen: Screen): string {
  const { trace, sessions, spanHours, meanOnline, observed, fits } = document;
  const cut = `${count(sessions.cutAtStart)} cut by its start, ${count(sessions.cutAtEnd)} by its end`;
  const rows: [string, string][] = [
    ['trace', `${trace.name} (${trace.kind}), ${(spanHours / 24).toFixed(2)} d`],
    ['sessions', `${count(sessions.count)} (${cut}: ${treatment(document)})`],
    ...(sessions.empty > 0
      ? ([['', `${count(sessions.empty)} more without length, left out`]] as [string, string][])
      : []),
    ['online', `${count(meanOnline)} peers on average`],
  ];
  return [
    ...factLines(rows, screen),
    ...skippedLines(document.skipped, screen.colors),
    '',
    tableOf(observed, fits, screen),
    '',
    'Sessions in hours, nearest to the trace first. KS: Kolmogorov–Smirnov distance. Online: by',
    'Little’s law from the trace’s arrivals. Up > 5 h: of the peers online at a random moment.',
    '',
  ].join('\n');
}

const digits = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const count = (n: number): string => digits.format(n);
const hours = (n: number): string => n.toFixed(2);
const orNone = (n: number | null, text: (n: number) => string): string =>
  n === null ? 'none' : text(n);
const percent = (n: number): string => `${(100 * n).toFixed(1)} %`;

const treatment = ({ cut, sessions }: FitDocument): string =>
  cut === 'whole' || sessions.cutAtStart + sessions.cutAtEnd === 0
    ? 'counted with what was seen of them'
    : 'left out';

const tableOf = (observed: SessionFigures, fits: readonly SessionFit[], screen: Screen): string =>
  textTable(
    [
      ['sessions'],
      ['parameters'],
      ['KS', 'right'],
      ['mean', 'right'],
      ['quartiles', 'right'],
      ['online', 'right'],
      ['> 5 h', 'right'],
      ['up > 5 h', 'right'],
    ],
    [
      ['trace', '', '', ...cellsOf(observed)],
      ...fits.map((fit) => [fit.name, parametersOf(fit), fit.ks.toFixed(4), ...cellsOf(fit)]),
    ],
    screen,
  );

const cellsOf = (figures: SessionFigures): string[] => [
  orNone(figures.meanHours, hours),
  figures.quartilesHours.map(hours).join(' '),
  orNone(figures.meanOnline, count),
  percent(figures.sessionsOver5h),
  orNone(figures.activeOver5h, percent),
];

function parametersOf({ shape, scaleHours, mu, sigma, minimumHours }: SessionFit): string {
  const named = { shape, scale: scaleHours, μ: mu, σ: sigma, minimum: minimumHours };
  return Object.entries(named)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${short(value)}`]))
    .join(', ');
}

/** Three decimals, or three digits where that would show nothing. */
const short = (value: number): string =>
  Math.abs(value) >= 0.1 ? value.toFixed(3) : value.toPrecision(3);
