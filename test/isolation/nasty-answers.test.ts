import { type ObserverHandle, PanoptesError, createPeer } from '@panoptes/core';
import { type PeerRegistry, createRegistry, textLogger } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { costly, errors, thenables } from '../fixtures/nasty-answers.observer.mjs';

const module = new URL('../fixtures/nasty-answers.observer.mjs', import.meta.url);
const patient = { timeoutMs: 100_000 };

const refused = Object.keys(costly);
/** Some of each kind, where each needs an incarnation of its own. */
const some = [
  'a long message',
  'a chain of causes',
  'getters that throw',
  'nothing at all',
  'a buffer',
];

/** All that has come of an error, as one text. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    texts.push(at.message, at.stack ?? '', ...Object.values(at).map(String));
    expect(texts.length, 'causes of an error').toBeLessThan(100);
  }
  return texts.join('');
}

async function refusalOf(call: Promise<unknown>): Promise<PanoptesError> {
  const error = await call.then(
    (made) => expect.unreachable(`it was done: ${String(made)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PanoptesError);
  expect(textOf(error).length).toBeLessThan(200_000);
  return error as PanoptesError;
}

const peerNamed = (nodeId: string) => {
  const digits = Buffer.from(nodeId).toString('hex').padEnd(64, '0').slice(0, 64);
  return createPeer({ peerId: { nodeId, publicKey: digits, did: `did:zhtp:${digits}` } });
};

describe.each(hosts)('an observer on its host, %s,', (host) => {
  let registry: PeerRegistry;
  let observer: ObserverHandle;
  const lines: string[] = [];
  let names = 0;

  /** Another one of the kind, which throws something somewhere. */
  const register = (throws: Readonly<Record<string, string>> = {}, more: object = {}) =>
    registry.registerObserver({
      module,
      name: `nasty ${names++}`,
      host,
      options: { throws },
      restart: 'temporary',
      ...more,
    });

  beforeAll(async () => {
    registry = await createRegistry({
      observers: {
        ...{ hangTimeoutMs: 100_000, stopTimeoutMs: 100_000, voteTimeoutMs: 100_000 },
        ...{ memoryLimitMb: 2_000, breaker: { maxFailures: 1_000 } },
      },
      logger: textLogger('warn', (line) => lines.push(line)),
    });
    observer = await register();
  });
  afterAll(async () => {
    expect(registry.failure.aborted).toBe(false);
    expect(observer.stats()).toMatchObject({ incarnation: 1, state: 'live' });
    await registry.close();
    for (const line of lines) expect(line.length).toBeLessThan(100_000);
  });

  const expectAtWork = async (): Promise<void> => {
    await registry.upsert(peerNamed(`peer ${names++}`));
    await registry.settled();
    expect(await observer.ask('seen', [], patient)).toBe(registry.lastSeq);
  };

  it.each(refused)('may answer with what costs its reader too much: %s', async (name) => {
    const error = await refusalOf(observer.ask('costly', [name], patient));
    expect(error).toMatchObject({ code: 'QUERY_FAILED', cause: { remoteCode: 'PAYLOAD_REFUSED' } });
    await expectAtWork();
  });

  it.each(Object.keys(thenables))('is waited for once: %s', async (name) => {
    expect(await observer.ask('thenable', [name], patient)).toBe(1);
    await expectAtWork();
  });

  it('may throw anything in a query, now and later', async () => {
    for (const name of Object.keys(errors)) {
      for (const how of ['throws', 'rejects']) {
        const error = await refusalOf(observer.ask(how, [name], patient));
        expect(error, `${how} ${name}`).toMatchObject({ code: 'QUERY_FAILED' });
      }
    }
    await expectAtWork();
  });

  it('may throw anything in the place of a figure, and give anything, and the others are read', async () => {
    const given = [...some, ...refused].filter((name) => !name.includes('emoji'));
    const ways: [string, readonly string[]][] = [
      ['throws', Object.keys(errors)],
      ['gives', given],
      ['counts', given],
    ];
    for (const [how, names] of ways) {
      for (const name of names) {
        await observer.ask('measured', [how, name], patient);
        const { seq, readings } = await observer.metrics(patient);
        const [nasty, counted, good] = readings;
        expect(good, `${how} ${name}`).toMatchObject({ value: seq, error: undefined });
        for (const { id, error } of [nasty!, counted!]) {
          // For nothing at all it gives what is good.
          const isGood = name === 'nothing at all' || (how === 'counts' && id === 'nasty');
          if (isGood && error === undefined) continue;
          expect(error, `${how} ${name}`).toMatchObject({ code: 'METRIC_FAILED', metric: id });
          expect(textOf(error).length).toBeLessThan(200_000);
        }
      }
    }
    await observer.ask('measured', ['', ''], patient);
    await expectAtWork();
  });

  it('may throw anything in setup, and in its digest', async () => {
    for (const name of some) {
      const error = await refusalOf(register({ setup: name }));
      expect(error).toMatchObject({ code: 'OBSERVER_START_FAILED' });
    }
    const undigested = await register({ digest: some[1]! });
    expect(await refusalOf(undigested.digest())).toMatchObject({ code: 'QUERY_FAILED' });
    await registry.unregisterObserver(undigested.name);
    await expectAtWork();
  });

  it('may throw anything in a handler, and when it is told to stop', async () => {
    const [failing, stopping] = await Promise.all(
      ['onEvents', 'teardown'].map((where) =>
        Promise.all(some.map((name) => register({ [where]: name }))),
      ),
    );
    await expectAtWork();
    await Promise.all(stopping!.map(({ name }) => registry.unregisterObserver(name)));
    for (const handle of [...failing!, ...stopping!]) {
      expect(await handle.ended).toMatchObject({ exit: 'error' });
      const { lastError } = handle.stats();
      expect(lastError).toBeInstanceOf(Error);
      expect(textOf(lastError).length).toBeLessThan(200_000);
    }
    expect(registry.deadLetters().map(({ error }) => textOf(error).length < 200_000)).toEqual(
      failing!.map(() => true),
    );
  });

  it('is what it was when its module was read, whatever it shows afterwards', async () => {
    expect(await observer.digest()).toMatch(/^seen \d+$/);
    await expectAtWork();
    const looks = (await observer.ask('looks', [])) as Readonly<Record<string, number>>;
    // Each thread has a module of its own; inline all share one, which each reads once.
    const loads = host === 'thread' ? 1 : names;
    expect(Math.max(...Object.values(looks))).toBeLessThanOrEqual(loads);
    expect(new Set(Object.values(looks)).size).toBe(1);
  });

  it('may give anything for its reasons, and vote with anything that is waited for', async () => {
    const voter = await register({}, { role: 'critical' });
    for (const name of refused) {
      const error = await refusalOf(registry.upsert(peerNamed(name)));
      expect(error, name).toMatchObject({ code: 'OBSERVER_VETO', reason: 'costly' });
      const { details } = error as unknown as { details: unknown };
      expect(JSON.stringify(details ?? '').length, name).toBeLessThan(2_000);
    }
    for (const name of Object.keys(thenables)) {
      expect(await refusalOf(registry.upsert(peerNamed(name)))).toMatchObject({
        code: 'VOTE_FAILED',
      });
    }
    expect(voter.stats()).toMatchObject({ incarnation: 1, state: 'live' });
    await registry.unregisterObserver(voter.name);
    await expectAtWork();
  });

  it('may throw anything in place of a vote', async () => {
    for (const name of some) {
      const voter = await register({ onProposal: name }, { role: 'critical' });
      const error = await refusalOf(registry.upsert(peerNamed('voted on')));
      expect(error).toMatchObject({ code: 'VOTE_FAILED' });
      await registry.unregisterObserver(voter.name);
    }
    await expectAtWork();
  });
});
