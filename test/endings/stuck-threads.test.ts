import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { panoptes } from '../fixtures/panoptes-command.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));
const scenario = join(folder, 'stuck.yaml');
writeFileSync(
  scenario,
  `version: 1
population: { peers: 20 }
phases: [{ kind: steady, duration: 20m }]
observers: [kademlia, mesh]
registry: { hangTimeout: 1s }
faults: [{ fault: native-block-for-ever, observer: mesh, at: 5m }]
sweep: { grid: { population.peers: [20, 30] }, threads: 1, timeLimit: 90s }
`,
);
const killed = /\d+ threads? do(?:es)? not end; the process kills itself\n$/;

it('a run with a thread that nothing ends is reported, and ends', async () => {
  const { code, stdout, stderr } = await panoptes('run', scenario, '--json');
  expect(code).toBeNull();
  expect(stderr).toMatch(killed);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass', threadsLeft: 1 });
});

it('a sweep with threads that nothing ends is tabulated, and ends', async () => {
  const out = join(folder, 'sweep');
  const { code, stdout, stderr } = await panoptes('sweep', scenario, '--out', out, '--json');
  expect(code).toBeNull();
  expect(stderr).toMatch(killed);
  expect(JSON.parse(stdout)).toMatchObject({ interrupted: false, rows: [{}, {}] });
}, 300_000);
