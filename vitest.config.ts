import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Threads inside threads share a heap limit and a signal; processes do not.
    pool: 'forks',
    maxWorkers: 2,
    // Observers crash in many tests, and that is said; it is of interest where a test fails.
    silent: 'passed-only',
    // Limits are for hangs, not for speed: no test waits on the clock.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
