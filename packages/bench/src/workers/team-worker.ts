import { parentPort, workerData, BroadcastChannel } from 'node:worker_threads';
import { expose } from 'comlink';
import type { PlainEvent } from '../workload/plain-registry.js';
import { reading, TallyCounter } from '../workload/tally.js';
import {
  eventsPerReply,
  type TeamCalls,
  type TeamMessage,
  type TeamReply,
  type TeamWorkerData,
} from './team-messages.js';

/*
 * An observer on a worker thread as one would write it without Panoptes. It takes events from its
 * port, one or several a message, from a BroadcastChannel, and from Comlink's calls; whichever of
 * these is measured, the others are silent.
 */
if (parentPort === null) throw new Error('this module is the entry of a worker thread');
const port = parentPort;
const { channel, calls } = workerData as TeamWorkerData;

const tally = new TallyCounter();
const reply = (message: TeamReply): void => port.postMessage(message);

function handle(event: PlainEvent): void {
  tally.add(reading(event.entry));
  if (tally.count % eventsPerReply === 0) reply({ kind: 'handled', count: tally.count });
}

function receive(message: TeamMessage): void {
  if (Array.isArray(message)) for (const event of message as PlainEvent[]) handle(event);
  else if ((message as { kind: string }).kind === 'report') {
    reply({ kind: 'report', tally: tally.take() });
  } else handle(message as PlainEvent);
}

port.on('message', receive);
new BroadcastChannel(channel).onmessage = (event) => {
  receive((event as { data: TeamMessage }).data);
};
const api: TeamCalls = {
  handle: (event) => tally.add(reading(event.entry)),
  take: () => tally.take(),
};
expose(api, calls);
reply({ kind: 'ready' });
