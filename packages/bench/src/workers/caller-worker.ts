import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type CommandResult, type PeerEntry, connectRegistry } from '@panoptes/workers/caller';
import { wrap } from 'comlink';
import { PeerStream } from '../workload/peer-stream.js';
import type {
  CallerOrder,
  CallerReport,
  CallerWay,
  CallerWorkerData,
  ResultMessage,
  UpsertCalls,
  UpsertMessage,
} from './caller-messages.js';

/*
 * A thread that calls a registry on the main thread: through a connection, and as one would write it
 * without, with messages or with Comlink.
 */
if (parentPort === null) throw new Error('this module is the entry of a worker thread');
const port = parentPort;
const { ports, peers, seed } = workerData as CallerWorkerData;

type Result = CommandResult<'added' | 'updated'>;
/** Sends some upserts, and resolves with what came of them. */
type Send = (entries: readonly PeerEntry[]) => Promise<readonly Result[]>;

const registry = connectRegistry(ports.panoptes);
const remote = wrap<UpsertCalls>(ports.comlink);
const one = messenger(ports.postMessage);
const batches = messenger(ports['postMessage-batch-100']);

const sends: Readonly<Record<CallerWay, Send>> = {
  panoptes: (entries) => Promise.all(entries.map((entry) => registry.upsert(entry))),
  postMessage: async (entries) => (await Promise.all(entries.map((entry) => one([entry])))).flat(),
  'postMessage-batch-100': batches,
  comlink: (entries) => Promise.all(entries.map((entry) => remote.upsert(entry))),
};

/** Every way has peers in a state of its own, so that every upsert is a change. */
const streams = new Map(Object.keys(sends).map((way) => [way, new PeerStream(peers, seed)]));

/** Sends messages that are answered. */
function messenger(to: MessagePort): Send {
  const waiting = new Map<number, (results: readonly Result[]) => void>();
  let last = 0;
  to.on('message', ({ id, results }: ResultMessage) => {
    waiting.get(id)!(results);
    waiting.delete(id);
  });
  return (entries) =>
    new Promise((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      to.postMessage({ id, entries } satisfies UpsertMessage);
    });
}

/** How many are outstanding: Comlink looks at all of them for each answer, so more would cost more. */
const windows: Readonly<Record<CallerWay, number>> = {
  ...{ panoptes: 4_096, postMessage: 4_096, comlink: 100 },
  'postMessage-batch-100': 100,
};

async function fill({ way, count, isAwaited }: CallerOrder): Promise<number> {
  const stream = streams.get(way)!;
  const send = sends[way];
  let committed = 0;
  const note = (results: readonly Result[]): void => {
    for (const { change } of results) if (change !== 'unchanged') committed++;
  };
  if (way === 'panoptes' && !isAwaited) {
    const next = function* (): Generator<PeerEntry> {
      for (let left = count; left > 0; left--) yield stream.next();
    };
    const { added, updated } = await registry.upsertMany(next());
    return added + updated;
  }
  const size = isAwaited ? 1 : windows[way];
  const take = (left: number): PeerEntry[] =>
    Array.from({ length: Math.min(size, left) }, () => stream.next());
  if (way !== 'postMessage-batch-100') {
    for (let left = count; left > 0; left -= size) note(await send(take(left)));
    return committed;
  }
  // So many batches under way at once that the registry always has one.
  const lines = Array.from({ length: 4 }, async (_, line) => {
    for (let left = Math.ceil((count - line) / 4); left > 0; left -= size) {
      note(await send(take(left)));
    }
  });
  await Promise.all(lines);
  return committed;
}

port.on('message', (order: CallerOrder) => {
  void fill(order).then((committed) => port.postMessage({ committed } satisfies CallerReport));
});
port.postMessage({ committed: 0 } satisfies CallerReport);
