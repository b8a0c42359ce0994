import { type Colors, type Screen, textTable } from '@panoptes/sim';
import { formatCount } from '../report/figure-format.js';
import { type MatrixDocument, isAsPromised } from './matrix-document.js';

/** A matrix for people to read; ends with the verdict. */
export function formatMatrix(document: MatrixDocument, screen: Screen): string {
  const { colors } = screen;
  const { node, cores, host, observers, upsertsPerSecond, warnings, rows, interrupted } = document;
  const head =
    `Node ${node} · ${cores} cores · one of ${observers} observers ${places[host]} misbehaves · ` +
    `${formatCount(upsertsPerSecond)} upserts/s`;
  const exceptions = new Map<string, string[]>();
  for (const { fault, exception } of rows) {
    if (exception === undefined) continue;
    exceptions.set(exception, [...(exceptions.get(exception) ?? []), fault]);
  }
  return [
    colors.dim(head),
    ...warnings.map((warning) => colors.yellow(`warning: ${warning}`)),
    '',
    tableOf(document, screen),
    ...[...exceptions].map(([why, which]) => colors.dim(`${which.join(', ')}: ${why}`)),
    '',
    ...(interrupted ? ['interrupted: these are the faults tried until then'] : []),
    verdict(document, colors),
  ]
    .join('\n')
    .concat('\n');
}

const places = { thread: 'on threads', process: 'in processes' };

/** A share below this, or a stall beyond that, is more than a healthy neighbour should notice. */
const leastShare = 0.9;
const mostStallMs = 250;

function tableOf({ rows, host }: MatrixDocument, screen: Screen): string {
  const { red } = screen.colors;
  const lines = rows.map((row) => {
    const { othersThroughputShare: share, eventsLostByOthers: lost, longestStallMs: stall } = row;
    const flag = (isBad: boolean, text: string): string => (isBad ? red(text) : text);
    return [
      flag(!isAsPromised(row, host), row.fault),
      row.detectedAs,
      figure(row.detectMs),
      row.outcome,
      figure(row.recoveredMs),
      share === null ? '–' : flag(share < leastShare, `${Math.round(100 * share)} %`),
      flag(lost !== null && lost > 0, figure(lost)),
      flag(stall !== null && stall > mostStallMs, figure(stall)),
    ];
  });
  return textTable(
    [
      ['fault'],
      ['detected as'],
      ['after ms', 'right'],
      ['outcome'],
      ['after ms', 'right'],
      ['others’ throughput', 'right'],
      ['events lost', 'right'],
      ['longest stall ms', 'right'],
    ],
    lines,
    screen,
  );
}

const figure = (value: number | null): string => (value === null ? '–' : formatCount(value));

function verdict({ rows, host }: MatrixDocument, colors: Colors): string {
  const bad = rows.filter((row) => !isAsPromised(row, host)).map(({ fault }) => fault);
  return bad.length === 0
    ? colors.green(
        'pass: every fault was noticed as it should be, and no other observer lost an event',
      )
    : colors.red(`fail: not as promised: ${bad.join(', ')}`);
}
