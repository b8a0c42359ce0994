import Table from 'cli-table3';
import { formatCount } from '../../bench/report/figure-format.js';
import type { Colors } from '../../report/colors.js';
import { type MatrixDocument, type MatrixRow, isAsPromised } from './matrix-document.js';

/** A share below this, or a stall beyond that, is more than a healthy neighbour should notice. */
const leastShare = 0.9;
const mostStallMs = 250;

/** A matrix for people to read; ends with the verdict. */
export function formatMatrix(document: MatrixDocument, colors: Colors): string {
  const { node, cores, observers, upsertsPerSecond, warnings, rows, interrupted } = document;
  const head =
    `Node ${node} · ${cores} cores · one of ${observers} observers misbehaves · ` +
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
    tableOf(rows, colors),
    ...[...exceptions].map(([why, which]) => colors.dim(`${which.join(', ')}: ${why}`)),
    '',
    ...(interrupted ? ['interrupted: these are the faults tried until then'] : []),
    verdict(document, colors),
  ]
    .join('\n')
    .concat('\n');
}

function tableOf(rows: readonly MatrixRow[], colors: Colors): string {
  const head = [
    ...['fault', 'detected as', 'after ms', 'outcome', 'after ms'],
    ...['others’ throughput', 'events lost', 'longest stall ms'],
  ];
  const table = new Table({
    head,
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const { othersThroughputShare: share, eventsLostByOthers: lost, longestStallMs: stall } = row;
    const flag = (isBad: boolean, text: string): string => (isBad ? colors.red(text) : text);
    table.push([
      flag(!isAsPromised(row), row.fault),
      row.detectedAs,
      figure(row.detectMs),
      row.outcome,
      figure(row.recoveredMs),
      share === null ? '–' : flag(share < leastShare, `${Math.round(100 * share)} %`),
      flag(lost !== null && lost > 0, figure(lost)),
      flag(stall !== null && stall > mostStallMs, figure(stall)),
    ]);
  }
  return table.toString();
}

const figure = (value: number | null): string => (value === null ? '–' : formatCount(value));

function verdict({ rows }: MatrixDocument, colors: Colors): string {
  const bad = rows.filter((row) => !isAsPromised(row)).map(({ fault }) => fault);
  return bad.length === 0
    ? colors.green('pass: every fault was noticed as it should be, and nobody else lost an event')
    : colors.red(`fail: not as promised: ${bad.join(', ')}`);
}
