import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulate } from '@panoptes/sim';
import { describe, expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();
const folder = mkdtempSync(join(tmpdir(), 'panoptes-shared-'));
const at = (name: string): string => join(folder, name);
const scenario = at('short.yaml');
writeFileSync(
  scenario,
  `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 1m }]
observers: [{ use: mesh, host: inline }]
sweep: { grid: { population.peers: [10] }, threads: 1 }
`,
);
mkdirSync(at('real'));
symlinkSync(at('real'), at('alias'));
writeFileSync(at('one.csv'), 'kept');
linkSync(at('one.csv'), at('other.plog'));
mkdirSync(at('store'));
writeFileSync(at('store/peers.mdb'), 'peers');
linkSync(at('store/peers.mdb'), at('outside.plog'));
symlinkSync(at('store'), at('to-store'));
symlinkSync('to-store/new', at('dangling'));

describe('two options of a command that would write one file', () => {
  it.each([
    ['--events', '--out', ['run', scenario, '--out', at('a'), '--events', at('a/series.csv')]],
    ['--record', '--out', ['run', scenario, '--out', at('a'), '--record', at('a/summary.json')]],
    ['--log', '--out', ['run', scenario, '--out', at('a'), '--log', `info:${at('a/report.html')}`]],
    ['--events', '--record', ['run', scenario, '--record', at('b.csv'), '--events', at('b.csv')]],
    ['--log', '--record', ['run', scenario, '--record', at('b'), '--log', `debug:${at('b')}`]],
    ['--log', '--events', ['run', 'kad', '--events', at('b.csv'), '--log', `info:${at('b.csv')}`]],
    ['--record', '<network>', ['run', scenario, '--record', scenario]],
    ['--log', '<log>', ['check', scenario, '--log', `info:${scenario}`]],
    ['--log', '<trace>', ['fit', scenario, '--log', `info:${scenario}`]],
    ['--log', '<file>', ['replay', scenario, '--log', `info:${scenario}`]],
    ['--log', '--out', ['sweep', scenario, '--out', at('a'), '--log', `info:${at('a/runs.csv')}`]],
    [
      '--log',
      '--out',
      ['sweep', scenario, '--out', at('a'), '--log', `info:${at('a/journal.jsonl')}`],
    ],
    ['--svg', '--out', ['report', at('none'), '--out', at('a'), '--svg', at('a/report.html')]],
    // By other paths and links to it, or under the name that it has meanwhile.
    ['--events', '--record', ['run', '--record', at('x/../c.csv'), '--events', at('c.csv')]],
    [
      '--events',
      '--out',
      ['run', scenario, '--out', at('real'), '--events', at('alias/series.csv')],
    ],
    [
      '--events',
      '--record',
      ['run', scenario, '--record', at('other.plog'), '--events', at('one.csv')],
    ],
    [
      '--events',
      '--record',
      ['run', scenario, '--record', at('d.csv.partial'), '--events', at('d.csv')],
    ],
  ])('are refused at once, both named: %s and %s', async (later, earlier, args) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await panoptes(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^panoptes: ${later}: expected a file of its own, got .*, which .* ${earlier}, .*\n$`,
      ),
    );
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(scenario, 'utf8')).toMatch(/^version/);
    expect(readFileSync(at('one.csv'), 'utf8')).toBe('kept');
  });

  it.each([
    ['--record', ['--record', at('store/peers.mdb')]],
    ['--record', ['--record', at('store/run.json')]],
    ['--record', ['--record', at('store')]],
    ['--record', ['--record', at('store/sub/../x')]],
    ['--record', ['--record', at('to-store/x')]],
    ['--record', ['--record', at('dangling')]],
    ['--events', ['--events', at('store/e.csv')]],
    ['--out', ['--out', at('store')]],
    ['--out', ['--out', at('to-store/reports')]],
    ['--log', ['--log', `info:${at('store/writer.lock')}`]],
  ])(
    'are refused when one of them is a store, with all in its folder: %s %s',
    async (option, more) => {
      const before = readdirSync(at('store'));
      for (const store of [at('store'), at('to-store')]) {
        const { code, stdout, stderr } = await panoptes('run', scenario, '--store', store, ...more);
        expect([code, stdout]).toEqual([2, '']);
        expect(stderr).toMatch(
          `panoptes: ${option}: expected a file outside of the folder of --store, got `,
        );
      }
      expect(readdirSync(at('store'))).toEqual(before);
      expect(readFileSync(at('store/peers.mdb'), 'utf8')).toBe('peers');
    },
  );

  it('are refused when one is another name of a file in a store, or its own scenario', async () => {
    const kept = ['run', scenario, '--store', at('store')];
    const { stderr } = await panoptes(...kept, '--record', at('outside.plog'));
    expect(stderr).toMatch(
      /^panoptes: --record: expected a file of its own, got .* file of --store, too/,
    );
    const own = await panoptes('run', at('store/peers.mdb'), '--store', at('store'));
    expect(own.stderr).toMatch(/^panoptes: <network>: expected a file outside of the folder of/);
    const log = `info:${at('store/peers.mdb')}`;
    const verify = await panoptes('store', 'verify', at('store'), '--log', log);
    expect(verify.stderr).toMatch(/^panoptes: --log: expected a file outside of the folder of/);
    expect(readFileSync(at('store/peers.mdb'), 'utf8')).toBe('peers');
  });

  it('are refused by simulate(), too', async () => {
    const source = [{ at: 0, kind: 'leave' as const, nodeId: 'a' }];
    const file = at('e.csv');
    await expect(simulate({ source, observers: [], events: file, record: file })).rejects.toThrow(
      /option 'events': expected a file of its own, got .* option 'record'/,
    );
    expect(existsSync(file)).toBe(false);
  });

  it('may share a folder, and what is no file', async () => {
    const out = at('together');
    const { code, stderr } = await panoptes(
      ...['run', scenario, '--out', out, '--events', join(out, 'events.csv'), '--quiet'],
      ...['--record', '/dev/null', '--log', 'info:/dev/null'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(out).sort()).toEqual([
      ...['events.csv', 'junit.xml', 'report.html', 'series.csv', 'summary.json'],
    ]);
  });
});
