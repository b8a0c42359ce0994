import type { SystemName } from '../bench-document.js';
import type { TeamMessage } from '../workers/team-messages.js';
import type { PeerStream } from '../workload/peer-stream.js';
import { PlainRegistry, type PlainEvent } from '../workload/plain-registry.js';
import type { Tally } from '../workload/tally.js';
import type { FanoutSystem } from './fanout-system.js';
import type { WorkerTeam } from './worker-team.js';

/** A message for every event and every worker. */
export function openPostMessage(team: WorkerTeam, stream: PeerStream): FanoutSystem {
  return openSender(team, stream, {
    name: 'postMessage',
    send: (event) => team.post(event),
    flush: () => undefined,
    post: (message) => team.post(message),
  });
}

/** Events in a message of `postMessage-batch-100`. */
const batchSize = 100;

/** How a system brings events to the team. */
interface Sender {
  readonly name: SystemName;
  send(event: PlainEvent): void;
  /** Sends what was held back. */
  flush(): void;
  /** Sends a message after all events. */
  post(message: TeamMessage): void;
}

/** A message for every 100 events and every worker. */
export function openBatches(team: WorkerTeam, stream: PeerStream): FanoutSystem {
  let batch: PlainEvent[] = [];
  const flush = (): void => {
    if (batch.length > 0) team.post(batch);
    batch = [];
  };
  return openSender(team, stream, {
    name: 'postMessage-batch-100',
    send: (event) => {
      if (batch.push(event) === batchSize) flush();
    },
    flush,
    post: (message) => team.post(message),
  });
}

/** One message for every event, which reaches all workers. */
export function openBroadcast(team: WorkerTeam, stream: PeerStream): FanoutSystem {
  return openSender(team, stream, {
    name: 'BroadcastChannel',
    send: (event) => team.channel.postMessage(event),
    flush: () => undefined,
    post: (message) => team.channel.postMessage(message),
  });
}

function openSender(team: WorkerTeam, stream: PeerStream, sender: Sender): FanoutSystem {
  const registry = new PlainRegistry();
  let tallies: readonly Tally[] = [];
  return {
    name: sender.name,
    async run(changes) {
      for (let sent = 1; sent <= changes; sent++) {
        sender.send(registry.upsert(stream.next()));
        const turn = team.keepUp(sent);
        if (turn !== undefined) await turn;
      }
      sender.flush();
      tallies = await team.report((request) => sender.post(request));
    },
    takeTallies: () => Promise.resolve(tallies),
    takeExpected: () => stream.takeExpected(),
    // The team is its owner's to close.
    close: () => Promise.resolve(),
  };
}
