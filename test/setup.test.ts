import { spawnSync } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Linter } from 'eslint';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildComplaint, installComplaint } from '../scripts/setup/complaints.mjs';
import { installDigest } from '../scripts/setup/install.mjs';
import { nodeComplaint } from '../scripts/setup/node-version.mjs';
import { MiniProject } from './setup/mini-project.js';

const projects: MiniProject[] = [];

function miniProject(nodeRange?: string): MiniProject {
  const project = new MiniProject(nodeRange);
  projects.push(project);
  return project;
}

async function readyProject(): Promise<MiniProject> {
  const project = miniProject();
  expect(await project.setUp()).toMatchObject({ code: 0 });
  expect(project.takeCalls()).toEqual(['install', 'build all']);
  return project;
}

afterEach(() => projects.splice(0).forEach((project) => project.remove()));

/** One line that begins like a sentence, ends like one and says what to do. */
const oneSentence = /^[A-Z][^\n]*run the same command again\.$/;

describe('a Node that is too old', () => {
  it.each(['14.21.3', '18.20.8', '20.18.3', '20.9.0'])(
    '%s is refused in one sentence',
    (version) => {
      const complaint = nodeComplaint(version, '>=20.19');
      expect(complaint).toMatch(oneSentence);
      expect(complaint).toContain(`Node ${version}`);
      expect(complaint).toContain('Node 20.19 or newer');
    },
  );

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0', '26.0.0-nightly1'])(
    '%s is not',
    (version) => {
      expect(nodeComplaint(version, '>=20.19')).toBeUndefined();
    },
  );

  it('is judged by the patch number too where the range names one', () => {
    expect(nodeComplaint('20.19.3', '>=20.19.4')).toMatch(oneSentence);
    expect(nodeComplaint('20.19.4', '>=20.19.4')).toBeUndefined();
  });

  it('is not guessed at from a range of another form', () => {
    expect(() => nodeComplaint('20.19.0', '^20.19 || >=22')).toThrow('engines.node');
  });

  it('stops the set-up before anything is touched', async () => {
    const project = miniProject('>=99.0');
    const run = await project.setUp();
    expect(run.code).toBe(1);
    expect(run.stderr.trim()).toMatch(oneSentence);
    expect(project.takeCalls()).toEqual([]);
    expect(project.has('node_modules')).toBe(false);
  });

  it.each(['setup.mjs', 'setup/node-version.mjs'])('can parse scripts/%s', (name) => {
    const text = readFileSync(new URL(`../scripts/${name}`, import.meta.url), 'utf8');
    const options = { ecmaVersion: 2020, sourceType: 'module' } as const;
    expect(new Linter().verify(text, { languageOptions: options })).toEqual([]);
    expect(text).not.toContain("from 'node:");
  });
});

describe('a second set-up', () => {
  it('does nothing and says nothing when nothing changed', async () => {
    const project = await readyProject();
    expect(await project.setUp()).toEqual({ code: 0, stderr: '' });
    expect(project.takeCalls()).toEqual([]);
  });

  it.each(['pnpm-lock.yaml', 'package.json', 'packages/eye/package.json'])(
    'installs again when %s changed',
    async (path) => {
      const project = await readyProject();
      project.append(path, '\n');
      expect(await project.setUp()).toMatchObject({ code: 0 });
      expect(project.takeCalls()[0]).toBe('install');
    },
  );

  it('calls its own installer inside another npx too', async () => {
    vi.stubEnv('npm_config_package', 'node@24');
    vi.stubEnv('npm_config_call', 'npm test');
    try {
      await readyProject();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('installs for the Node that runs it', () => {
    const { root } = miniProject();
    const { versions, platform, arch } = process;
    const here = installDigest(root);
    expect(installDigest(root, { versions, platform, arch })).toBe(here);
    expect(installDigest(root, { versions, platform, arch: 's390x' })).not.toBe(here);
    const otherAbi = { ...versions, modules: '999' };
    expect(installDigest(root, { versions: otherAbi, platform, arch })).not.toBe(here);
  });

  it('only builds when a source, its time or a compiler setting changed', async () => {
    const project = await readyProject();
    project.append('packages/eye/src/index.ts', 'export const brows = 2;\n');
    await project.setUp();
    expect(project.takeCalls()).toEqual(['build changed']);
    utimesSync(join(project.root, 'packages/eye/src/index.ts'), 1, 1);
    await project.setUp();
    expect(project.takeCalls()).toEqual(['build changed']);
    project.append('packages/eye/tsconfig.json', '\n');
    await project.setUp();
    expect(project.takeCalls()).toEqual(['build changed']);
  });

  it('starts over when node_modules was deleted', async () => {
    const project = await readyProject();
    project.remove('node_modules');
    await project.setUp();
    expect(project.takeCalls()).toEqual(['install', 'build all']);
  });
});

describe('a half-finished set-up is mended', () => {
  it('after an install that was interrupted', async () => {
    const project = miniProject();
    expect(await project.setUp({ npx: 'killed' })).toMatchObject({ code: 1 });
    expect(await project.setUp()).toMatchObject({ code: 0 });
    expect(project.takeCalls()).toEqual(['install', 'install', 'build all']);
  });

  it('after a later install that was interrupted, even when the lockfile went back', async () => {
    const project = await readyProject();
    const lockfile = project.read('pnpm-lock.yaml');
    project.append('pnpm-lock.yaml', '# moved\n');
    await project.setUp({ npx: 'killed' });
    project.write('pnpm-lock.yaml', lockfile);
    project.takeCalls();
    await project.setUp();
    expect(project.takeCalls()).toContain('install');
  });

  it('after a build that was interrupted', async () => {
    const project = miniProject();
    expect(await project.setUp({ tsc: 'killed' })).toMatchObject({ code: 1 });
    expect(project.has('packages/eye/dist/index.js')).toBe(false);
    expect(await project.setUp()).toMatchObject({ code: 0 });
    expect(project.has('packages/eye/dist/index.js')).toBe(true);
  });

  it('after a later build that was interrupted, even when the source went back', async () => {
    const project = await readyProject();
    const file = 'packages/eye/src/index.ts';
    const source = project.read(file);
    utimesSync(join(project.root, file), 1, 1);
    await project.setUp();
    project.append(file, 'export const brows = 2;\n');
    await project.setUp({ tsc: 'killed' });
    project.write(file, source);
    utimesSync(join(project.root, file), 1, 1);
    project.takeCalls();
    await project.setUp();
    expect(project.takeCalls()).toEqual(['build all']);
  });

  it('after a build that was interrupted in its second step', async () => {
    const project = await readyProject();
    project.append('packages/eye/src/index.ts', 'export const brows = 2;\n');
    expect(await project.setUp({ rolldown: 'killed' })).toMatchObject({ code: 1 });
    expect(project.has('packages/eye/lib/index.js')).toBe(false);
    expect(await project.setUp()).toMatchObject({ code: 0 });
    expect(project.read('packages/eye/lib/index.js')).toContain('brows');
  });

  it.each(['dist', 'dist/index.js', 'lib', 'lib/index.js'])('when %s is gone', async (path) => {
    const project = await readyProject();
    project.remove(`packages/eye/${path}`);
    await project.setUp();
    expect(project.takeCalls()).toEqual(['build all']);
    expect(project.has(`packages/eye/${path}`)).toBe(true);
  });

  it.each(['dist', 'lib'])('when a built file in %s is empty', async (part) => {
    const project = await readyProject();
    project.write(`packages/eye/${part}/index.js`, '');
    await project.setUp();
    expect(project.read(`packages/eye/${part}/index.js`)).toContain('lids');
  });

  it('when a dependency of one package is gone', async () => {
    const project = miniProject();
    const manifest = '{ "type": "module", "dependencies": { "lens": "1.0.0" } }';
    project.write('packages/eye/package.json', manifest);
    project.write('packages/eye/node_modules/lens/index.js', '');
    await project.setUp();
    project.takeCalls();
    project.remove('packages/eye/node_modules/lens');
    await project.setUp();
    expect(project.takeCalls()).toEqual(['install']);
  });
});

describe('a set-up that cannot go on ends in one sentence and the end of the output', () => {
  it.each([
    {
      faults: { npx: 'offline' },
      says: 'could not be reached',
      shows: '| npm error code ENOTFOUND',
    },
    { faults: { npx: 'full-disk' }, says: 'disk is full', shows: '| ENOSPC' },
    { faults: { npx: 'not-found' }, says: 'npx was not found', shows: '' },
    {
      faults: { tsc: 'type-error' },
      says: 'errors in the sources',
      shows: '| packages/eye/src/index.ts(1,14)',
    },
  ] as const)('$says', async ({ faults, says, shows }) => {
    const run = await miniProject().setUp(faults);
    expect(run.code).toBe(1);
    const lines = run.stderr.trimEnd().split('\n');
    const [sentence = '', ...rest] = lines.filter((line) => !line.startsWith('setup: '));
    expect(sentence).toMatch(oneSentence);
    expect(sentence).toContain(says);
    expect(rest.join('\n')).toContain(shows);
    expect(rest.filter((line) => !line.startsWith('  | '))).toEqual([]);
  });

  it('whatever the tools print', () => {
    const tails = ['', 'ERR_PNPM_OUTDATED_LOCKFILE', 'EACCES: permission denied', 'no idea'];
    for (const tail of tails) {
      expect(installComplaint({ tail })).toMatch(oneSentence);
      expect(buildComplaint({ tail })).toMatch(oneSentence);
    }
  });
});

describe('two set-ups at once', () => {
  it('install and build once between them', async () => {
    const project = miniProject();
    const runs = await Promise.all([project.setUp(), project.setUp(), project.setUp()]);
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
    expect(project.takeCalls()).toEqual(['install', 'build all']);
    expect(project.has('node_modules/.panoptes/lock')).toBe(false);
  });

  it('do not wait for one that died', async () => {
    const project = miniProject();
    const { pid } = spawnSync(process.execPath, ['--version']);
    project.write('node_modules/.panoptes/lock', String(pid));
    expect(await project.setUp()).toMatchObject({ code: 0 });
    expect(project.takeCalls()).toEqual(['install', 'build all']);
  });
});
