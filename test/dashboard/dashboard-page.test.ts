import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allFamilies } from '../../packages/dashboard/src/prometheus-metrics.js';

const page = readFileSync(new URL('../../docs/DASHBOARD.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('the page of the dashboard lists every metric as it is exported, and no other', () => {
  const metrics = rows.filter(([, name]) => name!.startsWith('`panoptes_'));
  expect(metrics).toEqual(
    allFamilies.map(({ name, type, labels, help }) => {
      return ['', `\`${name}\``, type, labels.join(', '), help, ''];
    }),
  );
});
