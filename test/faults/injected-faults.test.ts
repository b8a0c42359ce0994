import { expect, it } from 'vitest';
import {
  commandSession,
  type JsonSummary,
  jsonOf,
  panoptes,
} from '../fixtures/panoptes-command.js';

const panoptesJson = jsonOf(commandSession());

const aShortRun = ['run', 'kad', '--peers', '100', '--duration', '1h'];

it('a fault strikes its observer at its time, and in the end all agree all the same', async () => {
  const faults = ['--fault', 'exit:mesh@20m', '--fault', 'throws-in-query@30m'];
  const { observers, ...summary } = await panoptesJson(...aShortRun, ...faults);
  expect(summary).toMatchObject({
    verdict: 'pass',
    faults: [
      { fault: 'exit', observer: 'mesh', atMs: 1_200_000 },
      { fault: 'throws-in-query', observer: 'kademlia', atMs: 1_800_000 },
    ],
  });
  expect(observers).toMatchObject([
    { name: 'kademlia', restarts: 0, delivered: summary.events },
    { name: 'mesh', restarts: 1 },
    { name: 'validators', restarts: 0, delivered: summary.events },
  ]);
});

it('a fault that is asked for twice the same way strikes at the same transaction', async () => {
  const faults = ['--fault', 'rejects:mesh@20m', '--fault', 'throws-in-setup:validators@40m'];
  const runs = [];
  for (let run = 0; run < 2; run++) runs.push(await panoptesJson(...aShortRun, ...faults));
  const [first, second] = runs.map((run) => run.faults!);
  expect(first).toEqual(second);
  expect(first!.map(({ seq }) => seq)).not.toContain(null);
  for (const { observers } of runs) {
    // The incarnation that could not be set up counts as well as the one that ended for it.
    expect(observers.map(({ restarts }) => restarts)).toEqual([0, 1, 2]);
  }
});

it('a thread that nothing ends costs the report nothing: the process kills itself after it', async () => {
  const fault = ['--fault', 'native-block-for-ever:mesh@20m'];
  const { code, stdout, stderr } = await panoptes(...aShortRun, ...fault, '--json');
  expect({ code, stderr }).toEqual({
    code: null,
    stderr: 'panoptes: 1 thread does not end; the process kills itself\n',
  });
  const summary = JSON.parse(stdout) as JsonSummary;
  expect(summary).toMatchObject({ verdict: 'pass', threadsLeft: 1 });
  expect(summary.observers[1]).toMatchObject({ name: 'mesh', restarts: 1, digestMatches: true });
});
