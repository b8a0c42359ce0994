import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import {
  type Ending,
  type JsonSummary,
  endOf,
  panoptes,
  recording,
  stackLine,
  startPanoptes,
} from '../fixtures/panoptes-command.js';

/**
 * Interrupts a run that would take hours. It says nothing before its end, so when it is under way is
 * found by trying: interrupted sooner, a process just ends.
 */
async function interrupted(...args: readonly string[]): Promise<Ending> {
  let ending: Ending;
  let waitMs = 500;
  do {
    const child = startPanoptes(...args);
    const end = endOf(child);
    await Promise.race([end, pause(waitMs)]);
    child.kill('SIGINT');
    ending = await end;
    waitMs *= 2;
  } while (ending.code === null && waitMs < 60_000);
  return ending;
}

it('Ctrl-C leaves a report of what was done, exit code 130, and no process', async (ctx) => {
  const file = recording('skype-superpeers.avt', ctx);
  const { code, stdout, stderr } = await interrupted('replay', file, '--speed', '60x', '--json');
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  const summary = JSON.parse(stdout) as JsonSummary;
  expect(summary.interrupted).toBe(true);
  expect(summary.events).toBeLessThan(58_434);
  expect(summary.observers.map(({ digestMatches }) => digestMatches)).toEqual([true, true, true]);
});

it.each([[[]], [['--json']]])(
  'a reader that closes the pipe gets no stack trace back (%j)',
  async (flags) => {
    const child = startPanoptes('run', '--duration', '2h', '--peers', '50', ...flags);
    const end = endOf(child);
    child.stdout!.destroy();
    const { code, stderr } = await end;
    expect(code).not.toBeNull();
    expect(stderr).not.toMatch(stackLine);
    expect(stderr).not.toMatch(/EPIPE/);
  },
);

it('a pipe is no terminal, on a build server neither: no progress, no colours', async (ctx) => {
  vi.stubEnv('CI', 'true');
  ctx.onTestFinished(() => void vi.unstubAllEnvs());
  const { stdout, stderr } = await panoptes('run', '--duration', '2h', '--peers', '50');
  expect(stderr).toBe('');
  // eslint-disable-next-line no-control-regex -- an escape sequence is what is looked for
  expect(stdout).not.toMatch(/\u001b/);
});
