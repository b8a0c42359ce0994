import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const sim = fileURLToPath(new URL('../../packages/sim/', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'panoptes-without-others-'));
/** What may be swept. */
const swept = ['sweep', 'examples/scenarios/network-sizes.yaml', '--out', join(place, 'out')];
/** What it finds by name, if that is installed. */
const others = ['@panoptes/bench', '@panoptes/cluster', '@panoptes/dashboard', '@panoptes/store'];
afterAll(() => rmSync(place, { recursive: true }));

/** The command with all that it depends on, and nothing beside it. */
const installed = join(place, 'node_modules/@panoptes/sim');
for (const part of ['bin', 'lib', 'package.json']) {
  cpSync(join(sim, part), join(installed, part), { recursive: true });
}
const modules = join(sim, 'node_modules');
const names = readdirSync(modules).flatMap((name) =>
  name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : name,
);
for (const name of names.filter((one) => !one.startsWith('.') && !others.includes(one))) {
  const link = join(place, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(modules, name), link);
}

function panoptes(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(installed, 'bin/panoptes.js'), ...args],
    { encoding: 'utf8', cwd: root },
  );
  return { code: status, stdout, stderr };
}

describe('the command without the benchmark, the cluster, the dashboard and the store', () => {
  it.each([
    ['panoptes bench', ['bench', '--quick']],
    ['panoptes bench', ['help', 'bench']],
    ['panoptes faults --matrix', ['faults', 'exit', '--matrix']],
    ['panoptes store', ['store', 'verify', 'data'], '@panoptes/store'],
    ['--store', ['run', 'kad', '--store', 'data'], '@panoptes/store'],
    ['panoptes worker', ['worker', '--cluster', 'a'], '@panoptes/cluster'],
    ['--cluster', [...swept, '--cluster', 'a'], '@panoptes/cluster'],
    ['--dashboard', ['run', 'kad', '--dashboard'], '@panoptes/dashboard'],
    ['--cluster', ['serve', 'kad', '--cluster', 'a', '--name', 'b'], '@panoptes/cluster'],
    ['--cluster', ['follow', '--cluster', 'a', '--name', 'b'], '@panoptes/cluster'],
  ])('says how to get it: %s, for %j', (what, args, name = '@panoptes/bench') => {
    expect(panoptes(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        `panoptes: ${what}: expected the package ${name}, which is not installed; ` +
        `install it beside @panoptes/sim: npm install ${name}@0.1.0\n`,
    });
  });

  it('does all else', () => {
    const listed = panoptes('faults', 'exit', '--json');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toMatchObject({ faults: [{ name: 'exit' }] });
    for (const args of [['--help'], ['help'], ['completion', 'bash']]) {
      expect(panoptes(...args)).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
