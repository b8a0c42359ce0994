import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkRecording, HistoryChecker, RecordedLogReader } from '@panoptes/testkit';
import { afterAll, expect, it } from 'vitest';
import { endOf, startPanoptes } from '../fixtures/panoptes-command.js';

const directory = mkdtempSync(join(tmpdir(), 'panoptes-revivals-'));
const log = join(directory, 'revived.plog');
const scenario = fileURLToPath(
  new URL('../../examples/scenarios/network-sizes.yaml', import.meta.url),
);

afterAll(() => rmSync(directory, { recursive: true }));

/** Its thread exits every ten minutes: far more often than it may be restarted in a minute. */
const faults = Array.from(
  { length: 10 },
  (_, at) => `{ fault: exit, observer: mesh, at: ${10 * (at + 1)}m }`,
);
const set = ['observers=[mesh, kademlia]', `faults=[${faults.join(', ')}]`];

it('a recording tells revivals from restarts, so no restart is counted too many', async () => {
  const changes = set.flatMap((change) => ['--set', change]);
  const run = await endOf(startPanoptes('run', scenario, '--json', '--record', log, ...changes));
  expect([run.code, run.stderr]).toEqual([0, '']);
  const { observers } = JSON.parse(run.stdout) as { observers: { restarts: number }[] };
  const checked = await checkRecording(log);
  expect(checked).toMatchObject({ verdict: 'pass', violations: [], complete: true });
  const revivals = checked.observers[0]!.incarnations - 1 - observers[0]!.restarts;
  expect(revivals).toBeGreaterThan(0);

  // Whoever does not hear of them takes them for restarts.
  await RecordedLogReader.with(log, async (reader) => {
    const deaf = new HistoryChecker((await reader.header()).facts);
    let heard = 0;
    for await (const item of reader.items()) {
      if (!('record' in item)) continue;
      if (item.record.kind === 'revival') heard++;
      else deaf.take(item.origin, item.record);
    }
    expect(heard).toBe(revivals);
    const { violations } = deaf.finish(undefined);
    expect(violations[0]).toMatchObject({ rule: 'restarts', place: { observer: 'mesh' } });
  });
});
