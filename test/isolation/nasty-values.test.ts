import { types } from 'node:util';
import * as core from '@panoptes/core';
import * as sim from '@panoptes/sim';
import * as testkit from '@panoptes/testkit';
import * as workers from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullPeer, peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { held, inEachPlace, methodsOf, withEach } from '../fixtures/nasty-calls.js';
import { nastyValues } from '../fixtures/nasty-values.js';
import { until } from '../fixtures/until.js';

/**
 * What the packages hand each other, and observers' threads: typed calls of code that was written with
 * them, on what they made themselves. Everything else is for callers, who may bring anything.
 */
const betweenPackages: Readonly<Record<string, readonly string[]>> = {
  core: [
    ...['EventFilter', 'HealthBoard', 'LogReader', 'MessageReceiver', 'MessageSender'],
    ...['RunEvents', 'RunProposals', 'SharedNumbers', 'SnapshotView', 'Supervisor', 'VoteCaster'],
    ...[
      'ObserverRegistryStats',
      'attachLogMemory',
      'createMessageBuffer',
      'toObject',
      'compareDistance',
      'logDistance',
    ],
    ...[
      'boundedJson',
      'checkChance',
      'checkPort',
      'deepFreeze',
      'ownRecord',
      'parseOptions',
      'shortName',
      'suggestion',
      'textOf',
      'fileBeside',
      'isA',
    ],
    ...['CallerSender', 'CarriedRecords', 'RegistryConnection', 'Replication'],
    ...['createCallerBuffer', 'demote', 'packedError', 'refusedRecords', 'resign'],
    ...['follow', 'inMicrotask', 'inNextTurn', 'nextTurn', 'takeAll', 'tellAll', 'withDeadline'],
    ...['expectationOf', 'misplacedTerms', 'noSuchOption', 'printable', 'printableLines'],
    ...['ownMetricFigures', 'readable', 'registrationSchema'],
    ...['RegistryLife', 'entryStamp', 'peersDigest', 'putPlace', 'withPeer', 'withoutPeer'],
    ...['AdaptiveSpin', 'ReceivedRun', 'SpaceAnswers', 'SpaceFrame', 'createSpaceMemory'],
    ...['encodeFrame', 'maxFrameBytes', 'maxFrameChanges', 'spaceRoomOf'],
    ...['FormattedRun', 'StoreCaller', 'StoreConnection', 'promote', 'sharedBytes'],
    ...['storeErrorOf', 'untilCommitted', 'voteReason'],
  ],
  // It gives back what it is given, whatever that is.
  workers: [
    ...['copyOptions', 'defineObserver', 'differingOption', 'moduleUrl', 'sameAs'],
    ...['PeerReplica', 'sandboxSupport', 'unheldPermission'],
  ],
  testkit: [
    ...['expectedCodes', 'riskOn', 'uncontainedOn'],
    ...['CallBoard', 'FaultInjection', 'Findings', 'HistoryChecker', 'OutputLock', 'PlainModel'],
    ...['RecordedLogReader', 'RecordedLogSink', 'Recording', 'asTaken', 'callText'],
    ...['checkIndexes', 'createRecordedLog', 'dhtInfoOf', 'endRecordedLog'],
    ...['endingOf', 'forgetOrders', 'hashOf', 'identityOf', 'isPolluted', 'markOf'],
    'observerFacts',
    ...['plainIndexes', 'profileOf', 'sharedMicros', 'strike', 'tooMuchInput', 'victimModule'],
    ...['LogBytes', 'LogDigest', 'nodeIdOf', 'recordSnapshot', 'seenEvent', 'thousandths'],
    ...['whenHandled', 'witnessed', 'wrapObserver', 'wrappedIn'],
    ...['faultNamed', 'pathOf', 'realPathOf', 'statsAt', 'wantedChanges', 'wrappedModule'],
  ],
  sim: [
    ...['HistoryChecker', 'RecordedLogReader', 'RecordedLogSink', 'Recording', 'createRecordedLog'],
    ...['endRecordedLog', 'endingOf', 'fitSessions', 'main', 'openRegistry'],
    ...['pick', 'print', 'readTextFile', 'screenFor', 'substream', 'textTable'],
    ...['thisMachine', 'warningsOf', 'writeFiles'],
  ],
};

const observer = new URL('../fixtures/shard.observer.mjs', import.meta.url);
const small = { log: { logBytes: 2 ** 20 }, logger: false } as const;

type Exported = (...given: unknown[]) => unknown;

/** The exports of a package that can be called, each with whether as a class. */
const callersExports = (name: string, exports: object): [string, Exported, boolean][] =>
  Object.entries(exports as Readonly<Record<string, unknown>>)
    .filter((entry): entry is [string, Exported] => typeof entry[1] === 'function')
    .filter(([key, { prototype }]) => {
      const isError = (prototype as object | undefined) instanceof Error;
      return !isError && !betweenPackages[name]!.includes(key);
    })
    .map(([key, exported]) => [key, exported, /^class\b/.test(String(exported))]);

const close = (result: unknown): unknown =>
  !types.isProxy(result) && result instanceof core.Registry ? result.close() : undefined;

describe.each([
  ['core', core],
  ['workers', workers],
  ['testkit', testkit],
  ['sim', sim],
])('each export of %s that is for callers', (name, exports) => {
  it.each(callersExports(name, exports))('takes anything: %s', async (key, exported, isClass) => {
    const call = (...given: unknown[]): unknown =>
      isClass ? Reflect.construct(exported, given) : exported(...given);
    await withEach(key, (value) => call(value), close);
    await withEach(key, (value) => call({ log: small.log }, value), close);
  });

  it('is told from what the packages hand each other, by names that there are', () => {
    for (const key of betweenPackages[name]!) expect(exports).toHaveProperty(key);
  });
});

describe('what a registry is made of', () => {
  // Of a class, so that its methods are left as they are: what a clock says is its owner's concern.
  const clock = Object.create(core.systemClock) as core.Clock;
  const tracer = { sampleEvery: 1, followMs: 1, began: () => undefined };
  it.each<[string, unknown]>([
    ['peers', { peers: { maxPeers: 5, didMethods: ['zhtp'], rateLimits: {} }, ...small }],
    ['others', { observers: { restart: {}, breaker: {} }, commands: {}, ...small }],
    ['parts', { clock, ...small, chance: () => 0, workerEntry: import.meta.url }],
    ['watchers', { ...small, tracer, inspect: { eventsPerSec: 1, next: () => undefined } }],
  ])('may be anything: %s', async (what, options) => {
    await inEachPlace(
      what,
      options,
      (given) => workers.createRegistry(given as workers.CreateRegistryOptions),
      close,
    );
  });
});

describe('a simulation', () => {
  /** Far enough: all has been checked by then. */
  const startModel = () => Promise.reject(new core.ConfigError('to be started'));
  const startable = (given: unknown): never => {
    try {
      Object.defineProperty(given, 'startModel', { value: startModel, enumerable: true });
    } catch {
      // It is nothing that could be started.
    }
    return given as never;
  };
  const text = { file: 'x.yaml', text: 'version: 1', overrides: [{ key: 'name', value: [1] }] };
  const source = {
    ...{ name: 'x', kind: 'y', epochMs: 0, events: new ReadableStream() },
    ...{ spanMs: () => 0, fractionRead: () => 1 },
  };
  const options = {
    ...{ source, seed: null, speed: 1, openRegistry: sim.openRegistry, withModel: true },
    observers: [{ name: 'a', module: observer.href, options: { a: 1 }, registration: {} }],
    clock: Object.create(core.systemClock) as core.Clock,
    phases: [{ phase: { name: 'p', kind: 'q' }, startsAt: 0, endsAt: 1 }],
    faults: [{ fault: 'exit', observer: 'a', atMs: 1 }],
    origin: { scenario: { name: 'x' }, file: 'x.yaml', reading: { strict: true } },
    signal: new AbortController().signal,
    untilMs: 1,
  };

  it('takes anything in each place of its options', async () => {
    await inEachPlace('simulate', options, (given) => sim.simulate(startable(given)));
  });

  it('takes anything in each place of a scenario', async () => {
    await inEachPlace('scenario', text, (given) => sim.prepareScenario(given as never));
    await inEachPlace('reading', { strict: true, maxInputBytes: 9 }, (given) =>
      sim.prepareScenario(text, given as never),
    );
  });
});

describe('a registry', () => {
  let registry: workers.PeerRegistry;
  const peer = fullPeer();
  const handles: core.ObserverHandle[] = [];

  beforeAll(async () => {
    registry = await workers.createRegistry({ ...small, observers: { maxObservers: 100 } });
    await registry.upsert(peer);
    for (const host of ['inline', 'thread'] as const) {
      handles.push(
        await registry.registerObserver({
          module: observer,
          name: host,
          options: {},
          host,
          keepAlive: true,
        }),
      );
    }
  });

  afterAll(async () => {
    await registry.close();
  });

  /** Nothing of all that has done any harm. */
  const stillWorks = async (): Promise<void> => {
    expect(registry.failure.reason).toBeUndefined();
    await registry.upsert(peerNumbered(1));
    await until('its observers live', () => handles.every(({ state }) => state === 'live'));
    // Some of it has them started again, as it was asked.
    for (const handle of handles) expect(handle.stats()).toMatchObject({ restarts: 0, failed: 0 });
  };

  /** Protected, or called by nobody but the registry itself. */
  const notCallable = [
    ...['closing', 'fail', 'drain', 'stateDigest', 'restore', 'endLog', 'warn', 'checkSpec'],
    ...['replicate', 'storedObservers'],
  ];

  it('takes anything in each method', async () => {
    const targets: [string, object][] = [
      ['registry', registry],
      ['peers', registry.peers],
      ...handles.map((handle): [string, object] => [handle.name, handle]),
    ];
    for (const [of, target] of targets) {
      for (const name of methodsOf(target).filter((method) => !notCallable.includes(method))) {
        // Whatever transaction it is that one waits for, here nobody waits for long.
        const usual = name === 'settled' ? [0, { timeoutMs: 20 }] : [];
        const call = (...given: unknown[]): unknown =>
          (target as Readonly<Record<string, Exported>>)[name]!(
            ...given,
            ...usual.slice(given.length),
          );
        const tidy = name === 'watch' ? left : undefined;
        await withEach(`${of}.${name}`, (value) => call(value), tidy);
        await withEach(`${of}.${name} p1,`, (value) => call('p1', value), tidy);
      }
    }
    await stillWorks();
  });

  const left = (watch: unknown): unknown => (watch as core.Watch).return!();

  it('takes anything in each place of what it is handed', async () => {
    const { peerId } = peer;
    const endpoint = { address: 'a:1', protocol: 'tcp', signalStrength: 1, latencyMs: 1 };
    const patch = { trustScore: 0.5, connectionMetrics: { latencyMs: 1 }, endpoints: [endpoint] };
    // Fields of each kind: all of a kind are read by the same code.
    const entry = {
      ...core.createPeer({ peerId }),
      endpoints: [endpoint],
      location: { latitude: 1, longitude: 1 },
    };
    const id = peerId.nodeId;
    const step = { kind: 'update', nodeId: id, patch: { trustScore: 0.1 } };
    const wanted = { kinds: ['PeerAdded'], authenticated: true };
    const registration = { module: observer, name: 'x', options: { a: [1] }, restart: 'temporary' };
    const takers: [string, unknown, (given: never) => unknown, ((made: unknown) => unknown)?][] = [
      ['upsert', entry, (given) => registry.upsert(given)],
      ['its options', { whenFull: 'wait' }, (given) => registry.upsert(peer, given)],
      ['update', patch, (given) => registry.update(id, given)],
      ['a function', entry, (given) => registry.update(id, () => given)],
      ['a batch', { steps: [step] }, (given) => registry.commitBatch(given)],
      ['settled', { timeoutMs: 1_000 }, (given) => registry.settled(0, given)],
      ['createPeer', { peerId, endpoints: [endpoint] }, (given) => core.createPeer(given)],
      ['watch', wanted, (given) => registry.watch(given), left],
      ...handles.flatMap((handle): [string, unknown, (given: never) => unknown][] => [
        [`a query, ${handle.name}`, [1, { a: [] }], (given) => handle.ask('echo', given)],
        [
          `what to read, ${handle.name}`,
          { timeoutMs: 9, after: 0 },
          (given) => handle.metrics(given),
        ],
        [`how to ask, ${handle.name}`, { timeoutMs: 9 }, (given) => handle.ask('echo', [], given)],
        [`how to wait, ${handle.name}`, { timeoutMs: 9 }, (given) => handle.resume(given)],
      ]),
      [
        'a registration',
        { ...registration, host: 'inline' },
        (given) => registry.registerObserver(given),
        (made) => registry.unregisterObserver((made as core.ObserverHandle).name),
      ],
    ];
    for (const [what, good, call, tidy] of takers) {
      await inEachPlace(what, good, call as Exported, tidy);
    }
    await stillWorks();
  });

  it('takes anything as many entries, and throws what going through them throws', async () => {
    for (const { name, make } of nastyValues) {
      // It would go through all of these, in time; which is another test's.
      const isLong = /^many|endless$|holes$|long (?:boxed )?text$/.test(name);
      const peers = (isLong ? [make()] : make()) as never;
      const ended = await registry.upsertMany(peers).catch((error: unknown) => error);
      expect(ended, name).toBeDefined();
      await held(() => registry.upsertMany([make()] as never));
      await held(() => registry.upsertMany([], make() as never));
    }
    await stillWorks();
  });
});
