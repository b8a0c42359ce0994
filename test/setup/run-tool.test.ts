import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childrenOf, isRunning } from '../fixtures/processes.js';
import { until } from '../fixtures/until.js';

const runTool = fileURLToPath(new URL('../../scripts/setup/run-tool.mjs', import.meta.url));

/** Runs a shell that is ended by any signal and passes none on, as npm's is. */
const program = `
  import { runTool } from ${JSON.stringify(runTool)};
  await runTool('sh', ['-c', 'sleep 600; true'], { cwd: ${JSON.stringify(process.cwd())} });
`;

it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a command that is interrupted by %s ends with all that it started',
  async (signal) => {
    const tool = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const end = once(tool, 'exit');
    let started: number | undefined;
    await until('the shell has started its command', () => {
      [started] = childrenOf(tool.pid!).flatMap(childrenOf);
      return started !== undefined;
    });
    tool.kill(signal);
    expect(await end).toEqual([null, signal]);
    await until('its command has ended', () => !isRunning(started!));
  },
);
