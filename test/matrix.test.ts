import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { matrixArguments, supportedMajors } from '../scripts/matrix/matrix-arguments.mjs';
import { nodeBinary } from '../scripts/matrix/node-binary.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const major = process.versions.node.split('.')[0]!;

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const matrix = (...args: string[]) => {
  // As behind another npx, whose package would be taken for this one's.
  const env = { ...process.env, npm_config_package: 'cowsay', npm_config_call: 'cowsay no' };
  const script = join(root, 'scripts/matrix.mjs');
  return spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8' });
};

describe('the arguments of the matrix', () => {
  it('name versions, and files or folders', () => {
    expect(matrixArguments([])).toEqual({ majors: supportedMajors, files: [] });
    expect(matrixArguments(['--node', '24,26,24', 'test/queries'])).toEqual({
      majors: [24, 26],
      files: ['test/queries'],
    });
    expect(matrixArguments(['a.test.ts', '--node=22']).majors).toEqual([22]);
  });

  it.each([['--node'], ['--node', '21'], ['--node', '24.1'], ['--nodes=24'], ['-x']])(
    '%s %s are refused in a sentence',
    (...args) => {
      const { status, stderr } = matrix(...args.filter((word) => word !== undefined));
      expect(status).toBe(2);
      expect(stderr).toMatch(/^[-T][^\n]*\.\n$/);
    },
  );
});

describe('a version of Node', () => {
  it('is this one, where it is', async () => {
    const own = { binary: process.execPath, version: process.versions.node };
    expect(await nodeBinary('/nowhere', Number(major))).toEqual(own);
  });

  it('is the one that was downloaded before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-matrix-'));
    folders.push(folder);
    const bin = join(folder, 'node_modules/.panoptes/nodes/24/node_modules/node/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'node'), '#!/bin/sh\necho 24.99.0\n');
    chmodSync(join(bin, 'node'), 0o755);
    const own = { binary: process.execPath, version: '20.0.0' };
    expect(await nodeBinary(folder, 24, own)).toEqual({
      binary: join(bin, 'node'),
      version: '24.99.0',
    });
  });
});

describe('the matrix', () => {
  it('runs the named tests, and says on which version', () => {
    const { status, stdout } = matrix('--node', major, 'packages/core/src/error-of.test.ts');
    expect(stdout).toContain(`\nNode ${process.versions.node}: passed\n`);
    expect(status).toBe(0);
  });

  it('fails where a version does', () => {
    const { status, stdout } = matrix('--node', major, 'there-is-no-such.test.ts');
    expect(stdout).toContain(`\nNode ${process.versions.node}: failed\n`);
    expect(status).toBe(1);
  });
});
