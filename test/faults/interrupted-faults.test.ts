import { describe, expect, it } from 'vitest';
import { interrupted } from '../fixtures/interrupted.js';
import { type JsonSummary, endOf, startPanoptes } from '../fixtures/panoptes-command.js';
import { childrenOf, isRunning } from '../fixtures/processes.js';
import { until } from '../fixtures/until.js';

/** Starts the matrix with a fault that is tried in a process of its own, and waits for that one. */
async function startTrial() {
  const child = startPanoptes('faults', '--matrix', '--json', 'native-block-for-ever');
  const end = endOf(child);
  let trial: number | undefined;
  await until('a process was started', () => {
    [trial] = childrenOf(child.pid!);
    return trial !== undefined;
  });
  return { child, end, trial: trial! };
}

describe('Ctrl-C', () => {
  it('in the middle of a fault leaves a report of what was done, and no process', async () => {
    const faults = ['--fault', 'loop', '--fault', 'never-resolves:mesh'];
    const { code, stdout, stderr } = await interrupted(
      ['run', 'kad', ...faults, '--json'],
      ({ stdout: text }) => text !== '' && (JSON.parse(text) as JsonSummary).events > 0,
    );
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const summary = JSON.parse(stdout) as JsonSummary;
    expect(summary).toMatchObject({
      interrupted: true,
      faults: [
        { fault: 'loop', observer: 'kademlia', seq: 1 },
        { fault: 'never-resolves', observer: 'mesh', seq: 1 },
      ],
      // Whether the other two are back by then is a matter of time.
      observers: [{ name: 'kademlia' }, { name: 'mesh' }, { name: 'validators', restarts: 0 }],
    });
  });

  it('in the middle of the matrix leaves the rows until then, and no process of a trial', async () => {
    const { child, end, trial } = await startTrial();
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, rows: [] });
    await until('the process of the trial has ended', () => !isRunning(trial));
  });
});

it('a process of a trial ends with the one that started it, however that ends', async () => {
  const { child, end, trial } = await startTrial();
  child.kill('SIGKILL');
  await end;
  await until('the process of the trial has ended', () => !isRunning(trial));
});
