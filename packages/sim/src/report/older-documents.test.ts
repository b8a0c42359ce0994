import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { htmlReport } from './html/html-report.js';
import type { RunDocument } from './run-document.js';
import { aRun } from './run-document.fixture.js';
import { readRunDocument, writeRunFiles } from './run-files.js';
import { formatRun } from './run-text.js';
import { plain } from './screens.fixture.js';
import { seriesCsv } from './series-csv.js';

/** As it was written before memory, latencies and observers' own figures were kept over time and by phase. */
const older: RunDocument = {
  ...aRun,
  observers: aRun.observers.map(({ metrics: _, ...own }) => own),
  phases: aRun.phases.map((phase) => ({
    ...phase,
    observers: phase.observers.map(({ name, lag }) => ({ name, lag })),
  })),
  series: {
    ...aRun.series,
    observers: aRun.series.observers.map(
      ({ memoryMiB: _, latencyMs: __, metrics: ___, ...own }) => own,
    ),
  },
};

it('an older document is read, and its reports are made without what it does not have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-older-'));
  writeRunFiles(folder, older);
  expect(readRunDocument(folder)).toEqual(older);
  expect(seriesCsv(older.series).split('\n')[0]).toMatch(/mesh\.restarts$/);
  const html = htmlReport(older);
  expect(html).toContain('<h2>Lag of the observers</h2>');
  expect(html).not.toContain('Memory of the observers');
  expect(html).not.toContain('What mesh tells');
  expect(formatRun(older, plain)).not.toContain('figure of its own');
});
