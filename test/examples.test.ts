import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { NatsServer, noNatsServer } from './fixtures/nats-server.js';
import { readProject } from './tidy/project-file.js';

const folder = new URL('../examples/', import.meta.url);
const run = promisify(execFile);
const pages = readProject(fileURLToPath(new URL('..', import.meta.url))).filter(({ path }) =>
  path.endsWith('.md'),
);

/**
 * Runs an example as a reader would, in a process of its own.
 *
 * @returns its lines of output
 * @throws Error with its output when its exit code is not 0, or it does not end by itself
 */
async function linesOf(example: string, ...args: string[]): Promise<string[]> {
  const file = fileURLToPath(new URL(example, folder));
  const { stdout, stderr } = await run(process.execPath, [file, ...args], { timeout: 100_000 });
  expect(stderr).toBe('');
  const told = lateCodes.reduce((text, [late, usual]) => text.replace(late, usual), stdout);
  return told.trimEnd().split('\n');
}

/** As what a fault is noticed on a machine that is too busy to tell what it is, and as what otherwise. */
const lateCodes = [
  [/^(never-resolves): (?:hung|stuck),/m, '$1: stalled,'],
  [/^(loop): stuck,/m, '$1: hung,'],
] as const;

/** What each example says, for those that say the same every time. */
const transcripts: Readonly<Record<string, readonly string[]>> = {
  'hello.mjs': [
    "the thread of observer 'fragile' has ended (exit-3)",
    'kademlia: alice',
    'fragile, restarted: 1 peer',
  ],
  'quick-start.mjs': [
    'transaction 5: dave updated',
    'closest to zoe: bob, alice',
    'alice to carol: alice - bob - carol',
    'isolated: dave',
    'validators: 3',
    'peers of tier1: 4',
  ],
  'custom-observer.mjs': [
    'far, through gateway: gateway, cabin, buoy',
    'near, to buoy: undefined',
    'far, at 3: 3 routes, 1.3 hops on average',
    "near, to buoy: { via: 'buoy', hops: 0 }",
    'QUERY_FAILED',
  ],
  'durable.mjs': [
    'epoch 1: alice came with transaction 1',
    'epoch 2: 1 peer, transaction 2 is durable',
    'transaction 1: PeerAdded alice',
    'transaction 2: PeerUpdated alice',
    'kept: 1 peer at transaction 2; writer: none',
  ],
  'resume.mjs': [
    'epoch 1, incarnation 1: 2 joined, 0 resumed',
    'epoch 2, incarnation 1: 3 joined, 1 resumed',
    'epoch 2, incarnation 2: 4 joined, 2 resumed',
  ],
  'dashboard.mjs': [
    'kademlia live 1',
    'region: eu-west',
    'crawl: 1 of 4 nodes',
    'without the token: 401',
  ],
  'watched-run.mjs': ['simulation: events from code', 'virtual time: 1 h', 'events: 2', 'pass'],
  'tracing.mjs': [
    "panoptes.command remove | vetoed | observer 'validators' vetoed the remove of peer 'alice': 0 active validators would be left, fewer than minValidators (1)",
    'panoptes.command upsert | committed',
    'panoptes.handle | mesh',
    'panoptes.handle | validators',
    'panoptes.vote | validators',
    "panoptes.vote | validators | observer 'validators' vetoed the remove of peer 'alice': 0 active validators would be left, fewer than minValidators (1)",
  ],
  'inspect.mjs': [
    '"starting" after xstate.init',
    '"syncing" after xstate.done.actor.0.observer.starting',
    '{"following":"live"} after xstate.done.actor.0.observer.syncing',
    '"stopping" after STOP',
    '"stopped" after xstate.done.actor.0.observer.stopping',
  ],
  'metrics.mjs': [
    'panoptes_commits_total 2',
    'panoptes_peers 2',
    'panoptes_observer_metric{observer="mesh",metric="isolated"} 2',
  ],
  'callers.mjs': [
    'north: 1000 added, updated, PEER_NOT_FOUND',
    'south: 1000 added, updated, PEER_NOT_FOUND',
    '2000 peers after 2002 transactions',
    'tier1 untrusted',
  ],
  'own-churn.mjs': [
    'pass: 6875 events, 48.109 peers online on average',
    'kademlia: 6875 events, as the plain model says',
    'routing: 6875 events, as the plain model says',
  ],
  'break-it.mjs': [
    "the query failed: the thread of observer 'victim' has ended (exit-3)",
    'restarts: 1, incarnation 2, because of exit-3',
    'victim and witness hold 1500 1500',
    'equal digests: true',
  ],
  'quorum-guard.mjs': [
    'OBSERVER_VETO by validators: 2 active validators would be left, fewer than minValidators (3)',
    'would leave: carol',
    'trust in carol: 0.9',
    'active: 3',
    'vetoes: 1',
  ],
  'sybil-guard.mjs': [
    'of 50 from 192.0.2.0/24: 47 refused',
    'subnet 192.0.2.0/24 has 3 peers and may have 3 (maxPerSubnet)',
    'in the table: 5',
  ],
  'faults.mjs': [
    'exit: exit-3, now in incarnation 2, agrees with the witness: true',
    'never-resolves: stalled, now in incarnation 2, agrees with the witness: true',
    'loop: hung, now in incarnation 2, agrees with the witness: true',
    'the witness has been started again 0 times',
  ],
  'observer-test.mjs': ['the victim is in incarnation 2, and every rule holds: pass'],
  'batches.mjs': [
    'BATCH_REFUSED at 1 because of PEER_NOT_FOUND',
    'unchanged: true',
    '{',
    '  seq: 2,',
    "  change: 'committed',",
    '  added: 1,',
    '  updated: 1,',
    '  removed: 0,',
    '  evicted: 1',
    '}',
    'alice: tier1, bob: tier2, dave: tier3',
  ],
};

describe('the examples', () => {
  it.each(Object.keys(transcripts))('%s says what its comments promise', async (example) => {
    expect(await linesOf(example)).toEqual(transcripts[example]);
  });

  it('isolation.mjs measures both hosts, and on its own thread the stuck observer holds all up', async () => {
    const lines = await linesOf('isolation.mjs');
    const form = /^(inline|thread): the slowest upsert took (\d+\.\d) ms$/;
    const [inline, thread] = lines.map((line) => form.exec(line));
    expect([inline?.[1], thread?.[1], lines.length]).toEqual(['inline', 'thread', 2]);
    // The other figure depends on the machine: nothing is expected of it here.
    expect(Number(inline?.[2])).toBeGreaterThanOrEqual(1_000);
  });

  it.skipIf(noNatsServer)(`members.mjs (${noNatsServer ?? 'real server'})`, async () => {
    const server = await NatsServer.start();
    try {
      expect(await linesOf('members.mjs', server.url)).toEqual([
        'the first leads, in epoch 2',
        'the replica took transaction 1; the primary has 1',
        'the second leads, in epoch 3',
      ]);
    } finally {
      await server.end();
    }
  });

  it('say what the pages show', () => {
    const shown = pages.flatMap(({ text }) =>
      [...text.matchAll(/^\$ node examples\/(\S+)\n([^]*?)(?=^\$|^```)/gm)].map(
        ([, example, output]) => ({ example: example!, output: output!.trimEnd().split('\n') }),
      ),
    );
    expect(shown.length).toBeGreaterThan(1);
    for (const { example, output } of shown) expect(output).toEqual(transcripts[example]);
  });

  it('are all run here, but for the observers that they load', () => {
    const programs = readdirSync(folder).filter(
      (name) => name.endsWith('.mjs') && !/\.(?:observer|thread)\.mjs$/.test(name),
    );
    const shownElsewhere = ['isolation.mjs', 'members.mjs'];
    expect(programs.sort()).toEqual([...Object.keys(transcripts), ...shownElsewhere].sort());
  });
});
