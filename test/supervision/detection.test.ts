import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Host, isolatedHosts } from '../conformance/hosts.js';
import { hangCodes } from '../fixtures/hang-codes.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const faulty = new URL('../fixtures/faulty.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

let registry: PeerRegistry;
let logged: LogLine[];

/** A registry with a witness, and with an observer that does as it is told. */
async function open(host: Host, observers: object = {}) {
  logged = [];
  const write = (line: string): void => void logged.push(JSON.parse(line) as LogLine);
  registry = await createRegistry({
    logger: pino({ level: 'info' }, { write }),
    observers: {
      hangTimeoutMs: 1_000,
      memoryLimitMb: 128,
      restart: { minBackoffMs: 1, maxBackoffMs: 2, maxRestarts: 1_000 },
      ...observers,
    },
  });
  const witness = await registry.registerObserver({ module: recorder, name: 'witness', host });
  const odd = await registry.registerObserver({ module: faulty, name: 'odd', host });
  return { witness, odd };
}

afterEach(() => registry.close());

describe.each(isolatedHosts)(
  'P1 a fault is found on a real %s, and its observer started again:',
  (host) => {
    it.each([
      ['an endless loop in a handler', 'events', 'loops', hangCodes.busy],
      ['an endless loop in a query', 'query', 'loops', hangCodes.busy],
      ['a microtask that begets another', 'query', 'microtasks', /^(?:hung|stuck|memory)$/],
      ['a handler that never settles', 'events', 'stalls', hangCodes.waiting],
      ['native code that takes long', 'events', 'native', hangCodes.busy],
      ['a heap that grows in a loop', 'query', 'heap', /^memory$/],
      ['a heap that grows in a handler', 'events', 'heap', /^memory$/],
      ['a heap that grows turn by turn', 'query', 'leaks', /^memory$/],
      ['buffers outside of the heap', 'events', 'buffers', /^memory$/],
    ])('%s', async (_, how, conduct, code) => {
      // A hang is not what is looked for where memory grows, however slow the machine is.
      const hangTimeoutMs = code.test('hung') || code.test('stalled') ? 1_000 : 60_000;
      const { witness, odd } = await open(host, { hangTimeoutMs });
      if (how === 'events') await registry.upsert(peerNamed(`do-${conduct}`));
      else void odd.ask('do', [conduct]).catch(() => undefined);
      await registry.upsert(peerNamed('alice'));
      await until('it was started again', () => odd.stats().restarts > 0 && odd.state === 'live');
      const [reason] = odd.stats().reasons;
      expect(reason!.code).toMatch(code);
      // The others have missed nothing, and it has not either.
      await registry.upsert(peerNamed('bob'));
      await registry.settled();
      expect(await odd.ask('seen', [])).toBe(how === 'events' ? 3 : 2);
      expect(witness.stats()).toMatchObject({ restarts: 0, lag: 0 });
      expect(await witness.ask('size', [])).toBe(how === 'events' ? 3 : 2);
      // The transaction that it had in hand was not put to it again. In a process that is the one which
      // it was sent and had not said to have handled: whether it had begun with it nobody knows.
      const letters = registry.deadLetters();
      if (how === 'events') expect(letters).toHaveLength(1);
      else expect(letters.length).toBeLessThanOrEqual(host === 'process' ? 1 : 0);
      if (how === 'events') expect(letters[0]).toMatchObject({ observer: 'odd', seq: 1 });
    });
  },
);

describe.each(isolatedHosts)('P1 a dead letter (%s)', (host) => {
  it('names the very transaction at which a handler threw, among many', async () => {
    const { odd } = await open(host);
    const upserts = Array.from({ length: 500 }, (_, at) =>
      registry.upsert(peerNamed(at === 321 ? 'do-throws' : `peer-${at}`)),
    );
    await Promise.all(upserts);
    await registry.settled();
    expect(registry.deadLetters()).toMatchObject([
      {
        observer: 'odd',
        incarnation: 1,
        seq: 322,
        lastSeq: 322,
        code: 'error',
        error: { message: 'a handler with a bug' },
      },
    ]);
    expect(odd.stats()).toMatchObject({ deadLetters: 1, failed: 1, restarts: 1 });
    expect(registry.getObserverStats().supervisor.deadLetters).toBe(1);
    expect(await odd.ask('seen', [])).toBe(500);
  });
});

describe.each(isolatedHosts)('P1 what an observer prints (%s)', (host) => {
  beforeEach(() => open(host));
  const lines = () => logged.filter(({ stream }) => stream !== undefined);

  it('comes to the log with its name, whatever stream it is for', async () => {
    const odd = await registry.registerObserver({ module: faulty, name: 'talker', host });
    await odd.ask('print', ['stdout', 'it begins']);
    await odd.ask('print', ['stderr', 'it hurts']);
    await until('both were logged', () => lines().length === 2);
    expect(lines()).toMatchObject([
      { level: 30, msg: 'it begins', observer: 'talker', incarnation: 1, actor: 'observer' },
      { level: 40, msg: 'it hurts', stream: 'stderr' },
    ]);
  });

  it('is cut off and counted when it is a flood, and slows nobody', async () => {
    const odd = await registry.registerObserver({ module: faulty, name: 'flooder', host });
    await odd.ask('now', ['prints', 20_000], { timeoutMs: 60_000 });
    await until('most of it is lost', () => odd.stats().outputLost > 10_000);
    await until('it was told', () => logged.some(({ code }) => code === 'output-lost'));
    expect(lines().length).toBeLessThan(2_000);
    expect(odd.state).toBe('live');
  });
});

// A process has no port to its parent to send them by.
it('messages of its own go nowhere, whatever way it sends them, and are counted', async () => {
  const { odd } = await open('thread');
  await odd.ask('now', ['posts', 50_000], { timeoutMs: 60_000 });
  expect(odd.stats()).toMatchObject({ messagesDropped: 100_000, state: 'live', restarts: 0 });
  await until('it was told', () => logged.some(({ code }) => code === 'messages-dropped'));
  expect(await odd.ask('echo', [1])).toBe('number');
});

it.each(isolatedHosts)(
  'P1 an answer or an argument that is gigantic is an error of that query alone (%s)',
  async (host) => {
    const { odd } = await open(host);
    await expect(odd.ask('big', [17 * 1024 * 1024])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('an answer of more than 16777216 bytes') as string,
    });
    await expect(odd.ask('echo', [new Uint8Array(17 * 1024 * 1024)])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('arguments of more than 16777216 bytes') as string,
    });
    expect(await odd.ask('echo', ['small'])).toBe('string');
    expect(odd.stats()).toMatchObject({ restarts: 0, state: 'live' });
  },
);

it.each(isolatedHosts)(
  'P1 a slow handler is warned about with its p99, and is not ended (%s)',
  async (host) => {
    await open(host, { slowHandlerMs: 20 });
    const slow = await registry.registerObserver({
      module: faulty,
      name: 'slow',
      host,
      options: { slowMs: 30 },
    });
    for (let n = 0; n < 5; n++) {
      await registry.upsert(peerNamed(`peer-${n}`));
      await registry.settled();
    }
    await until('it was told', () => logged.some(({ code }) => code === 'slow-handler'));
    const warning = logged.find(({ code }) => code === 'slow-handler');
    expect(warning).toMatchObject({ level: 40, observer: 'slow', incarnation: 1 });
    expect(warning!['p99Ms']).toBeGreaterThan(28);
    expect(slow.stats().handlerP50Ms).toBeGreaterThan(28);
    expect(slow.stats()).toMatchObject({ restarts: 0, state: 'live' });
  },
);
