import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lmdbStore } from '@panoptes/store';
import { createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';
import { peer } from '../voting/scene.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-store-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const command = fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url));
const data = join(folder, 'data');

const inSession = commandSession();
const panoptes = (...args: string[]) => inSession('store', ...args);

/** The same, in a process and a folder of its own. */
function panoptesThere(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'store', ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { code: status, stdout, stderr };
}

beforeAll(async () => {
  const registry = await createRegistry({ store: lmdbStore({ path: data }), logger: false });
  await registry.upsertMany([peer(1), peer(2), peer(3)]);
  await registry.close();
});

describe('panoptes store', () => {
  it('says what a store holds, for people and as a document', () => {
    const told = panoptesThere('inspect', 'data');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/peers +3\n/);
    expect(told.stdout).toMatch(/writer +none\n/);
    const { code, stdout } = panoptesThere('verify', 'data', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 'panoptes.store/1', action: 'verify', path: data, version: 2 },
      ...{ isReadable: true, epoch: 1, lastSeq: 3, peers: 3, history: { from: 1 } },
    });
  });

  it('backs up and restores', async () => {
    const [copy, again] = [join(folder, 'copies/1'), join(folder, 'again')];
    expect(await panoptes('backup', data, copy)).toMatchObject({ code: 0, stderr: '' });
    expect(await panoptes('restore', copy, again)).toMatchObject({ code: 0, stderr: '' });
    expect(await panoptes('restore', copy, again)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected a folder without a store') as string,
    });
    const { code, stdout } = await panoptes('restore', copy, again, '--replace', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ action: 'restore', peers: 3 });
  });

  it('prints every peer as a line of JSON', async () => {
    const { code, stdout } = await panoptes('dump', data);
    expect(code).toBe(0);
    const peers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ReturnType<typeof peer>);
    expect(peers.map(({ peerId }) => peerId.nodeId)).toEqual(['peer-1', 'peer-2', 'peer-3']);
  });

  it('fails where a store is damaged, and says what to do', async () => {
    const damaged = join(folder, 'damaged');
    await panoptes('backup', data, damaged);
    const file = join(damaged, 'peers.mdb');
    truncateSync(file, statSync(file).size / 2);
    expect(await panoptes('verify', damaged)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/damaged: it has .*; bring a backup back with/) as string,
    });
  });

  it.each([
    [['inspect', join(folder, 'nowhere')], 'expected a store, but there is none'],
    [['inspect', data, 'elsewhere'], 'expected one folder'],
    [['backup', data], 'expected two folders'],
    [['verify', data, '--replace'], '--replace: expected it with restore alone'],
    [['empty', data], 'Allowed choices are inspect, verify, backup, restore, dump'],
  ])('refuses %j', async (args, message) => {
    expect(await panoptes(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message) as string,
    });
  });
});
