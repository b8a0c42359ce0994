import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxSupport } from '@panoptes/workers';
import { embed, embeddedProgram, smallObserver } from './embedded.js';

const { sandbox, network } = sandboxSupport();
const checkout = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'panoptes-bundle-'));
  await bundle('program', {});
  await bundle('placeless', { 'import.meta.url': 'undefined' });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Bundles the program, its observer and the entries of threads and processes, with all that they import. */
async function bundle(name: string, define: Record<string, string>): Promise<void> {
  const build = await rolldown({
    input: {
      [name]: embeddedProgram,
      observer: fileURLToPath(smallObserver),
      worker: '@panoptes/workers/worker',
      relay: '@panoptes/workers/relay',
      process: '@panoptes/workers/process',
    },
    cwd: checkout,
    platform: 'node',
    transform: { define },
  });
  const names = { entryFileNames: '[name].mjs', chunkFileNames: `${name}-[hash].mjs` };
  await build.write({ dir: folder, format: 'esm', ...names });
  await build.close();
}

const file = (name: string): string => pathToFileURL(join(folder, name)).href;

describe('a program that is bundled with all that it imports', () => {
  it('runs where none of it is installed, when it names its threads’ entry', async () => {
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
    const program = join(folder, 'program.mjs');
    const [module, workerEntry] = [file('observer.mjs'), file('worker.mjs')];
    expect(await embed({ program, module, workerEntry, cwd: folder })).toEqual({ count: 1 });
  });

  const both = () => ({ relayEntry: file('relay.mjs'), processEntry: file('process.mjs') });

  it('runs observers in processes there, when it names the entries of these and of the relay', async () => {
    const program = join(folder, 'program.mjs');
    const terms = { host: 'process' };
    const given = { program, module: file('observer.mjs'), terms, cwd: folder };
    expect(await embed({ ...given, ...both() })).toEqual({ count: 1 });
    for (const [lacks, option] of [
      ['relayEntry', /@panoptes\/workers\/relay .* 'relayEntry'/],
      ['processEntry', /@panoptes\/workers\/process .* 'processEntry'/],
    ] as const) {
      expect(await embed({ ...given, ...both(), [lacks]: undefined })).toMatchObject({
        code: 'OBSERVER_START_FAILED',
        message: expect.stringMatching(option) as string,
      });
    }
  });

  it.skipIf(!sandbox)(
    'which read their own folder in a sandbox, and nothing above it',
    async () => {
      const program = join(folder, 'program.mjs');
      const terms = { host: 'process', process: { permissions: { net: !network } } };
      const paths = [join(folder, 'process.mjs'), join(folder, '..'), '/etc/hostname'];
      const things = paths.map((path) => ['fs.read', path]);
      expect(
        await embed({
          ...both(),
          program,
          module: file('observer.mjs'),
          terms,
          cwd: folder,
          ask: [['mayDoTo', ...things]] as never,
        }),
      ).toEqual({ count: 1, mayDoTo: [true, false, false] });
    },
  );

  it('is told what to do when it does not', async () => {
    const program = join(folder, 'program.mjs');
    expect(await embed({ program, module: file('observer.mjs'), cwd: folder })).toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(/@panoptes\/workers\/worker .* 'workerEntry'/) as string,
    });
  });

  it.each(['program.mjs', 'placeless.mjs'])(
    '%s finds the installed entry from where it is started',
    async (name) => {
      const program = join(folder, name);
      expect(await embed({ program, cwd: checkout })).toEqual({ count: 1 });
    },
  );

  it('is refused an entry that is not there, or is none, before any thread starts', async () => {
    for (const option of ['workerEntry', 'relayEntry', 'processEntry']) {
      for (const entry of [file('absent.mjs'), 'worker.mjs', 'http://localhost/worker.mjs']) {
        await expect(embed({ [option]: entry })).rejects.toThrow(`option '${option}': `);
      }
    }
  });
});
