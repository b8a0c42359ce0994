import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Permissions } from './process-terms.js';
import { sandboxFlags, sandboxSupport, unheldPermission } from './sandbox.js';

const none: Permissions = {
  read: [],
  write: [],
  net: false,
  childProcess: false,
  worker: false,
  addons: false,
};
const flagsOf = { 20: ['--experimental-permission'], 24: ['--permission', '--allow-addons'] };
const can = (...flags: string[]) => new Set([...flagsOf[24], ...flags]);

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
const file = join(folder, 'a.txt');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a runtime cannot refuse', () => {
  it('is not granted in silence: a runtime without a sandbox is named', () => {
    const unheld = unheldPermission(none, sandboxSupport(new Set(flagsOf[20])));
    expect(unheld?.path).toEqual(['permissions']);
    expect(unheld?.message).toMatch(/^expected .*Node 22\.13 or later, but this is Node \d/);
  });

  it('is to be granted: the network, where it cannot be refused', () => {
    const unheld = unheldPermission(none, sandboxSupport(can()));
    expect(unheld?.path).toEqual(['permissions', 'net']);
    expect(unheld?.message).toMatch(/^expected true, .*Node 25 or later/);
    expect(unheldPermission({ ...none, net: true }, sandboxSupport(can()))).toBeUndefined();
    expect(unheldPermission(none, sandboxSupport(can('--allow-net')))).toBeUndefined();
  });
});

describe('the flags of a sandbox', () => {
  it('grant nothing but reading the program when nothing is granted', () => {
    expect(sandboxFlags(none, [file], can('--allow-net'))).toEqual([
      '--permission',
      `--allow-fs-read=${file}`,
    ]);
  });

  it('leave out the database of the runtime, which opens any file', () => {
    expect(sandboxFlags(none, [], can('--no-experimental-sqlite'))).toEqual([
      '--permission',
      '--no-experimental-sqlite',
    ]);
  });

  it('grant a folder with all that is in it, and a file alone', () => {
    const flags = sandboxFlags({ ...none, read: [folder], write: [file] }, [], can());
    expect(flags).toEqual([
      '--permission',
      `--allow-fs-read=${folder}`,
      `--allow-fs-read=${join(folder, '*')}`,
      `--allow-fs-write=${file}`,
    ]);
  });

  it('grant what was granted, by the flags that the runtime has', () => {
    const all = { ...none, net: true, childProcess: true, worker: true, addons: true };
    const flags = sandboxFlags(all, [], can('--allow-child-process', '--allow-worker'));
    expect(flags).toEqual([
      '--permission',
      '--allow-child-process',
      '--allow-worker',
      '--allow-addons',
    ]);
    expect(sandboxFlags(all, [], can('--allow-net'))).toContain('--allow-net');
  });
});
