import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They replace modules or timers that others share, so each has a process of its own. */
const mocked = 'packages/*/src/**/*.mocked.test.ts';

/** It looks at files only. */
const tidy = 'test/tidy.test.ts';

/**
 * Unit tests stand in `src`, and what they test is loaded by Node itself, as it was compiled: what
 * Vitest makes of a source runs slower. Fixtures are not compiled, and whoever replaces a module needs
 * the source.
 */
const compiledSources: Plugin = {
  name: 'compiled-sources',
  enforce: 'pre',
  resolveId(source: string, importer: string | undefined) {
    if (importer === undefined || !source.startsWith('.')) return;
    const file = resolve(dirname(importer), source);
    const compiled = file.replace(/(?<=[\\/]packages[\\/][^\\/]+[\\/])src(?=[\\/])/, 'dist');
    // What is no source any more may still be there, compiled.
    const isSource = compiled !== file && existsSync(file.replace(/\.js$/, '.ts'));
    return isSource && existsSync(compiled) ? compiled : undefined;
  },
};

/** It waits for a minute, which is not to be the last one. */
const waiting = '/unsettled-starts.test.ts';

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(waiting);
    return [...sorted.filter(isWaiting), ...sorted.filter((file) => !isWaiting(file))];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    sequence: { sequencer: WaitingFirst },
    // Threads inside threads share a heap limit and a signal; processes do not.
    pool: 'forks',
    maxWorkers: 3,
    // Observers crash in many tests, and that is said; it is of interest where a test fails.
    silent: 'passed-only',
    projects: [
      {
        extends: true,
        plugins: [compiledSources],
        test: {
          name: 'units',
          include: ['packages/*/src/**/*.test.ts', tidy],
          exclude: [mocked],
          // Loading what they test takes longer than most of them: files share it.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'whole', include: ['test/**/*.test.ts', mocked], exclude: [tidy] },
      },
    ],
    // Node itself loads what is compiled, as it does on threads and for users: Vitest would compile it
    // once more for each process, and what it makes of it runs slower.
    server: { deps: { external: [/\/packages\/[^/]+\/(?:dist|lib)\//] } },
    // Limits are for hangs, not for speed: no test waits on the clock.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
