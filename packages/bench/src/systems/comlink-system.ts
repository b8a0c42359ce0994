import { type Endpoint, type Remote, wrap } from 'comlink';
import type { TeamCalls } from '../workers/team-messages.js';
import type { PeerStream } from '../workload/peer-stream.js';
import { PlainRegistry } from '../workload/plain-registry.js';
import type { FanoutSystem } from './fanout-system.js';
import type { WorkerTeam } from './worker-team.js';

/** A Comlink call for every event and every worker, all of an event's calls awaited together. */
export function openComlink(team: WorkerTeam, stream: PeerStream): FanoutSystem {
  const registry = new PlainRegistry();
  // Node's own ports are event targets, which is all that Comlink needs. The proxies are held for as
  // long as the system: collected, a proxy disconnects its worker.
  const observers: readonly Remote<TeamCalls>[] = team.calls.map((port) =>
    wrap<TeamCalls>(port as unknown as Endpoint),
  );
  return {
    name: 'comlink',
    note: 'an awaited call for each event and observer',
    async run(changes) {
      for (let done = 0; done < changes; done++) {
        const event = registry.upsert(stream.next());
        await team.guard(Promise.all(observers.map((observer) => observer.handle(event))));
      }
    },
    takeTallies: () => team.guard(Promise.all(observers.map((observer) => observer.take()))),
    takeExpected: () => stream.takeExpected(),
    // The team is its owner's to close.
    close: () => Promise.resolve(),
  };
}
