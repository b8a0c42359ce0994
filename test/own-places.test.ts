import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getFileInfo } from 'prettier';
import { describe, expect, it } from 'vitest';
import { ownPlaces, readProject } from './tidy/project-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What users write into their clone, as the README shows it. */
const written = ['scenario.yaml', 'flash.yaml', 'my.observer.mjs', 'run/summary.json', 'notes.md'];

describe('what a user writes into the clone', () => {
  it('is not formatted, and what is the project’s is', async () => {
    const isIgnored = async (path: string): Promise<boolean> =>
      (await getFileInfo(join(root, path), { ignorePath: join(root, '.prettierignore') })).ignored;
    for (const path of written) expect([path, await isIgnored(path)]).toEqual([path, true]);
    for (const path of ['README.md', 'package.json', 'packages/sim/src/cli.ts', 'docs/TRACES.md']) {
      expect([path, await isIgnored(path)]).toEqual([path, false]);
    }
  });

  it('is not looked at by the tests of taste', () => {
    const clone = mkdtempSync(join(tmpdir(), 'panoptes-clone-'));
    for (const name of ['.gitignore', '.prettierignore', 'README.md']) {
      cpSync(join(root, name), join(clone, name));
    }
    for (const path of [...written, 'packages/core/src/index.ts']) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), 'let  odd = 1\n');
    }
    const paths = readProject(clone).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      '.gitignore',
      '.prettierignore',
      'README.md',
      'packages/core/src/index.ts',
    ]);
  });

  it('is not linted: only places of the project are', () => {
    const [program, ...places] = scripts['lint']!.split(' ');
    expect(program).toBe('eslint');
    const own = ownPlaces(root);
    expect(places.filter((place) => !own.has(place))).toEqual([]);
    const code = [...own].filter((name) => /\.[jt]s$/.test(name));
    expect(places).toEqual(expect.arrayContaining(['packages', 'test', 'scripts', ...code]));
  });

  it('is told from what version control keeps', (ctx) => {
    ctx.skip(!existsSync(join(root, '.git')), 'this is no clone');
    const kept = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
    const names = new Set(
      kept
        .trim()
        .split('\n')
        .map((path) => path.split('/')[0]!),
    );
    expect([...names].filter((name) => !ownPlaces(root).has(name))).toEqual([]);
  });
});

it('npm run panoptes takes files from where the user is', () => {
  expect(scripts['panoptes']).toBe('node scripts/panoptes.mjs');
  expect(scripts['bench']).toBe('node scripts/panoptes.mjs bench');
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-elsewhere-'));
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'scripts/panoptes.mjs'), 'init', 'mine.yaml'],
    { cwd: root, env: { ...process.env, INIT_CWD: folder }, encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining('wrote mine.yaml') as string,
  });
  expect(existsSync(join(folder, 'mine.yaml'))).toBe(true);
});
