import { entryStamp, type PeerEntry, peersDigest, withPeer } from '@panoptes/core';
import {
  type ChurnEvent,
  plainIndexes,
  Findings,
  type Verdicts,
  PlainModel,
} from '@panoptes/testkit';
import type { AnyObserver } from '@panoptes/workers';
import type { CommandAnswer, OpenRegistry, RegistryPort } from './registry-port.js';

/** How a fake registry misbehaves. */
export interface Faults {
  /** Changes it drops, by number from 1. */
  readonly drops?: (change: number) => boolean;
  /** Rejects the change of this number. */
  readonly rejectsAt?: number;
  /** The observer of this name cannot be asked. */
  readonly unavailable?: string;
  /** What the observer that checks the log says of it; nothing unless given. */
  readonly verdicts?: Verdicts;
}

/** What a test looks at afterwards. */
export interface FakeRegistry {
  readonly open: OpenRegistry;
  readonly changes: ChurnEvent[];
  closed: boolean;
  mostOutstanding: number;
}

/** A registry for tests of what drives it: commits one change a turn, in order, observers in-process. */
export function fakeRegistry(
  definitions: ReadonlyMap<string, AnyObserver>,
  faults: Faults = {},
): FakeRegistry {
  const names: string[] = [];
  const changes: ChurnEvent[] = [];
  const commands: (() => Promise<void>)[] = [];
  let model: PlainModel | undefined;
  let outstanding = 0;
  let running = false;

  const theModel = async (): Promise<PlainModel> =>
    (model ??= await PlainModel.start(
      names.map((name) => ({ name, definition: definitions.get(name)! })),
    ));
  const commit = async (change: ChurnEvent): Promise<CommandAnswer> => {
    const number = changes.push(change);
    if (number === faults.rejectsAt) throw new Error(`change ${number} is rejected`);
    const known = change.kind !== 'leave' || (await theModel()).peers.has(change.nodeId);
    if (faults.drops?.(number) !== true) await (await theModel()).apply(change);
    if (!known) return { seq: number, change: 'unchanged' };
    return { seq: number, change: change.kind };
  };
  const run = async (): Promise<void> => {
    running = true;
    for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
      await command();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    running = false;
  };
  const send = (change: ChurnEvent): Promise<CommandAnswer> => {
    fake.mostOutstanding = Math.max(fake.mostOutstanding, ++outstanding);
    return new Promise((resolve, reject) => {
      commands.push(async () => {
        await commit(change).then(resolve, reject);
        outstanding--;
      });
      if (!running) void run();
    });
  };

  const port: RegistryPort = {
    peers: plainIndexes(() => [...(model?.peers.values() ?? [])]),
    get lastSeq() {
      return model?.seq ?? 0;
    },
    id: 'a fake',
    epoch: 1,
    upsert: (peer: PeerEntry) => send({ at: 0, kind: 'join', peer }),
    update: (nodeId, patch) => send({ at: 0, kind: 'patch', nodeId, patch }),
    remove: (nodeId) => send({ at: 0, kind: 'leave', nodeId }),
    registerObserver: ({ name }) => {
      names.push(name);
      const digest = async (): Promise<string> => {
        if (name === faults.unavailable) throw new Error(`${name} is not there to answer`);
        return (await (await theModel()).account()).findings.get(name)!.digest!;
      };
      const { verdicts = new Findings().verdicts() } = faults;
      return Promise.resolve({
        ...{ name, digest, ask: () => Promise.resolve(verdicts), metricFigures: [] },
        metrics: () => Promise.reject(new Error('it has none')),
      });
    },
    reviveObserver: () => undefined,
    unregisterObserver: () => Promise.resolve(),
    settled: () => Promise.resolve(),
    digest: () =>
      peersDigest([...(model?.peers.values() ?? [])].map(entryStamp).reduce(withPeer, 0)),
    getObserverStats: () => ({
      observers: names.map((name) => ({
        name,
        state: 'live',
        delivered: model?.seq ?? 0,
        lag: 0,
        resyncs: 0,
        restarts: 0,
        incarnation: 1,
        heapBytes: 0,
        externalBytes: 0,
        reasons: [],
      })),
      supervisor: { zombies: 0 },
    }),
    close: () => {
      fake.closed = true;
      return Promise.resolve();
    },
  };
  const fake: FakeRegistry = {
    open: () => Promise.resolve(port),
    changes,
    closed: false,
    mostOutstanding: 0,
  };
  return fake;
}
