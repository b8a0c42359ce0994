import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dashboardConfig } from '../../packages/dashboard/src/dashboard-options.js';
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

it('and every option with its default', () => {
  const { token, ...defaults } = dashboardConfig({});
  expect(token).not.toBe(dashboardConfig({}).token);
  const printed = (value: unknown): string => {
    if (typeof value === 'function') return 'none';
    if (typeof value === 'number') return value.toLocaleString('en-US');
    if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
    return typeof value === 'string' ? `\`${value}\`` : String(value);
  };
  const options = rows.flatMap(([, name, value]) => (/^`\w+`$/.test(name!) ? [[name, value]] : []));
  const listed = options.filter(([name]) => !name!.startsWith('`panoptes_'));
  expect(listed.sort()).toEqual(
    [...Object.entries(defaults).map(([name, value]) => [`\`${name}\``, printed(value)])]
      .concat([['`token`', 'random']])
      .sort(),
  );
});
