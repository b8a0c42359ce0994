import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMember } from '@panoptes/cluster';
import { type Outcome, MemberProcess } from '../fixtures/cluster-member.js';
import { CutLine } from '../fixtures/cut-line.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { until } from '../fixtures/until.js';

/** `PANOPTES_DISTURBANCES=50` for more, `PANOPTES_SEED` for another order of them. */
const disturbances = Number(process.env['PANOPTES_DISTURBANCES'] ?? 5);
const seed = process.env['PANOPTES_SEED'] ?? 'members';
const leaseMs = 1_000;

describe.skipIf(noNatsServer)(`members under fire (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  const members: MemberProcess[] = [];
  const lines = new Map<MemberProcess, CutLine>();
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterEach(async () => {
    for (const member of members.splice(0)) member.signal('SIGKILL');
    for (const line of lines.values()) await line.end();
    lines.clear();
  });
  afterAll(() => server.end());

  function memberOf(name: string, key: string, servers = server.url): MemberProcess {
    const settings = { leaseMs, forwardTimeoutMs: 60_000, outstanding: 20 };
    const member = new MemberProcess(servers, name, key, settings);
    members.push(member);
    return member;
  }

  const leader = (): MemberProcess | undefined =>
    members.filter(({ role }) => role === 'primary').sort((a, b) => b.epoch - a.epoch)[0];

  /** Follows what is committed, in this process: which number of which key, in which transaction. */
  async function witnessOf(name: string) {
    const place = { servers: server.url, name, logger: false } as const;
    // There is something to follow from the first transaction on.
    await (await createMember({ ...place, leaseMs })).close();
    const log = { logBytes: 2 ** 26 };
    const witness = await createMember({ ...place, canLead: false, log });
    const committed: Committed[] = [];
    const watch = witness.watch({ from: 1 });
    const watching = (async () => {
      for await (const event of watch) {
        if (event.kind === 'Resync') throw new Error(`a resync at ${event.seq}`);
        if (event.kind === 'PeerRemoved') throw new Error('nobody removes');
        if (event.kind === 'BatchUpdate') throw new Error('nobody sends a batch');
        committed.push({ seq: event.seq, key: event.nodeId, number: event.entry.tokensEarned });
      }
    })();
    return { witness, committed, watching };
  }

  it(
    `C1 C2 C3 C4 C5 C6 through ${disturbances} disturbances nothing acknowledged is lost, and nothing is there twice`,
    { timeout: 120_000 + 60_000 * disturbances },
    async () => {
      const chance = new SeededChance(seed);
      const name = 'fire';
      const all: MemberProcess[] = [];
      let born = 0;
      const join = async (): Promise<void> => {
        const line = await CutLine.to(server.port);
        const member = memberOf(name, `m${born++}`, line.url);
        lines.set(member, line);
        all.push(member);
        await member.goesOn(1);
      };
      const { witness, committed, watching } = await witnessOf(name);
      watching.catch(() => undefined);
      await join();
      await join();
      await join();
      const replace = async (member: MemberProcess): Promise<void> => {
        await member.kill();
        members.splice(members.indexOf(member), 1);
        await Promise.all(members.map((one) => one.goesOn(20)));
        await join();
      };
      for (let round = 0; round < disturbances; round++) {
        await until('somebody leads', () => leader() !== undefined);
        const primary = leader()!;
        const replica = members.find((member) => member !== primary)!;
        const kind = round % kinds.length;
        if (kinds[kind] === 'kill primary') await replace(primary);
        else if (kinds[kind] === 'pause primary') {
          primary.signal('SIGSTOP');
          const others = members.filter((member) => member !== primary);
          // What they are told of may still be from before.
          const isNext = ({ role, epoch }: MemberProcess): boolean =>
            role === 'primary' && epoch > primary.epoch;
          await until('another leads', () => others.some(isNext));
          await Promise.all(others.map((member) => member.goesOn(20)));
          primary.signal('SIGCONT');
          await until('it is a replica', () => primary.role === 'replica');
        } else if (kinds[kind] === 'kill replica') await replace(replica);
        else if (kinds[kind] === 'cut') {
          const line = lines.get(members[Math.floor(chance.next() * members.length)]!)!;
          line.cut();
          await new Promise((resolve) => setTimeout(resolve, 200 + 2_000 * chance.next()));
          line.mend();
        } else {
          await server.kill();
          await server.restart();
        }
        await Promise.all(members.map((member) => member.goesOn(20)));
      }
      await Promise.all(members.map((member) => member.ask('stop')));
      const last = Math.max(...members.map(({ lastSeq }) => lastSeq));
      await witness.atLeast(last, { timeoutMs: 60_000 });
      await until('all is seen', () => (committed.at(-1)?.seq ?? 0) >= last);
      checkOutcomes(all, committed);
      const [first, ...others] = await Promise.all(
        members.map((member) => member.ask('digest', last) as Promise<[number, string, string]>),
      );
      for (const other of others) expect(other).toEqual(first);
      expect(first![1]).toBe(witness.digest());
      await witness.close();
      await watching;
      expect(await writersOf(server.url, name)).toEqual([]);
    },
  );
});

const kinds = ['kill primary', 'pause primary', 'kill replica', 'cut', 'kill server'] as const;

/** What the witness has seen. */
interface Committed {
  readonly seq: number;
  readonly key: string;
  readonly number: number;
}

/** Every command that was acknowledged is there once, at its seq; what was refused is not there. */
function checkOutcomes(members: readonly MemberProcess[], committed: readonly Committed[]): void {
  const there = new Map<string, number[]>();
  for (const { key, number, seq } of committed) {
    const at = `${key} ${number}`;
    there.set(at, [...(there.get(at) ?? []), seq]);
  }
  expect([...there].filter(([, seqs]) => seqs.length > 1)).toEqual([]);
  expect(committed.map(({ seq }) => seq)).toEqual(committed.map((_, index) => index + 1));
  const wrong: unknown[] = [];
  const codes = new Map<string, number>();
  for (const { key, outcomes } of members) {
    for (const [number, outcome] of outcomes) {
      const seq = there.get(`${key} ${number}`)?.[0];
      if (!isTrue(outcome, seq)) wrong.push({ key, number, outcome, seq });
      const code = 'code' in outcome ? outcome.code : 'committed';
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  expect(wrong).toEqual([]);
  if (process.env['PANOPTES_DISTURBANCES'] !== undefined) console.log(Object.fromEntries(codes));
}

function isTrue(outcome: Outcome, seq: number | undefined): boolean {
  if ('seq' in outcome) return outcome.seq === seq;
  if (['OUTCOME_UNKNOWN', 'STORE_FENCED'].includes(outcome.code)) return true;
  return seq === undefined;
}

/** What is wrong with who wrote into a stream: one member an epoch, and epochs in their order. */
async function writersOf(servers: string, name: string): Promise<string[]> {
  const connection = await connect({ servers });
  const streams = await jetstreamManager(connection);
  const { state } = await streams.streams.info(`panoptes-${name}`);
  const wrong: string[] = [];
  // Its beginning was cut behind a snapshot, if there were many.
  let epoch: number | undefined;
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await streams.streams.getMessage(`panoptes-${name}`, { seq });
    const of = Number(message!.header.get('Panoptes-Epoch'));
    const begins = message!.header.get('Panoptes-Member') !== '';
    const due = begins ? (epoch ?? of - 1) + 1 : (epoch ?? of);
    if (of !== due) wrong.push(`message ${seq} of ${of} in ${epoch}`);
    epoch = of;
  }
  await connection.close();
  return wrong;
}
