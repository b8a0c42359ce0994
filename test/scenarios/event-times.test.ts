import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GivenEvent, simulate } from '@panoptes/sim';
import { expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const module = new URL('../fixtures/timekeeper.observer.mjs', import.meta.url);
const panoptes = commandSession();

/** When the virtual time of events from code begins. */
const epochMs = Date.UTC(2026, 0, 1);
const count = 9_000;

/** Many more than may be outstanding, a fraction of a millisecond apart. */
function* joins(): Generator<GivenEvent> {
  for (let number = 0; number < count; number++) {
    const id = (number + 4096).toString(16).padStart(16, '0');
    const peerId = { nodeId: `peer-${number}`, publicKey: id, did: `did:zhtp:${id}` };
    yield { at: number / 4, kind: 'join', peer: { peerId } };
  }
}

it('an event has the very virtual time of the churn, however many commands are outstanding', async () => {
  const { verdict, observers } = await simulate({
    source: joins(),
    observers: [{ name: 'timekeeper', module }],
  });
  const told = createHash('sha256');
  for (const what of ['setup', 'snapshot 0']) told.update(`${what} ${epochMs} ${epochMs}\n`);
  for (let seq = 1; seq <= count; seq++) {
    const at = epochMs + (seq - 1) / 4;
    told.update(`PeerAdded ${seq} ${at} ${at}\n`);
  }
  const last = epochMs + (count - 1) / 4;
  expect(verdict).toBe('pass');
  expect(observers[0]).toMatchObject({ digestMatches: true });
  expect(observers[0]!.digest).toBe(`${told.digest('hex')} ${last}`);
});

it('what an observer makes of times is the same in the model, and in every run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'panoptes-times-'));
  const scenario = join(directory, 'times.yaml');
  writeFileSync(
    scenario,
    [
      'version: 1',
      'population: { peers: 300 }',
      'updates: { heartbeat: { every: 2m }, trust: { every: 5m } }',
      'phases: [{ kind: steady, duration: 1h }]',
      `observers: [mesh, { module: ${fileURLToPath(module)}, name: timekeeper }]`,
    ].join('\n'),
  );
  const digests = new Set<string>();
  for (const out of ['one', 'two']) {
    const { code, stdout } = await panoptes('run', scenario, '--out', join(directory, out));
    expect([code, stdout]).toEqual([0, expect.any(String)]);
    const document = JSON.parse(readFileSync(join(directory, out, 'summary.json'), 'utf8')) as {
      readonly observers: readonly { digest: string; digestMatches: boolean }[];
    };
    const timekeeper = document.observers.at(-1)!;
    expect(timekeeper.digestMatches).toBe(true);
    digests.add(timekeeper.digest);
  }
  expect(digests.size).toBe(1);
});
