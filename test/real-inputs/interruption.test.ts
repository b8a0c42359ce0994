import { expect, it, vi } from 'vitest';
import { interrupted } from '../fixtures/interrupted.js';
import {
  type JsonSummary,
  endOf,
  panoptes,
  recording,
  stackLine,
  startPanoptes,
} from '../fixtures/panoptes-command.js';

it('Ctrl-C leaves a report of what was done, exit code 130, and no process', async (ctx) => {
  const file = recording('skype-superpeers.avt', ctx);
  const { code, stdout, stderr } = await interrupted(['replay', file, '--speed', '60x', '--json']);
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
