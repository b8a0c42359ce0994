import { DeliverPolicy } from '@nats-io/jetstream';
import { messagesUnderWay } from './server-connection.js';
import type { PlacedMessage, RunStream } from './run-stream.js';

/**
 * Reads a stream's messages in their order, through an ordered consumer, which goes on by itself when the
 * connection was lost. Few of them are under way at a time.
 *
 * @param from - the place of the first
 * @param until - the place of the last; without, it goes on with what comes
 * @param leaving - when it is aborted, nothing more is read or waited for
 */
export async function* readMessages(
  stream: RunStream,
  from: number,
  until = Number.POSITIVE_INFINITY,
  leaving?: AbortSignal,
): AsyncGenerator<PlacedMessage> {
  if (until < from) return;
  const consumer = await stream.server.client.consumers.get(stream.names.stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  const messages = await consumer.consume({
    max_messages: messagesUnderWay(stream.server),
    expires: askEveryMs,
    idle_heartbeat: signEveryMs,
  });
  const leave = (): void => void messages.close();
  const hasLeft = (): boolean => leaving?.aborted === true;
  leaving?.addEventListener('abort', leave);
  try {
    if (hasLeft()) return;
    for await (const message of messages) {
      const { seq: place, data, headers, time } = message;
      yield { place, data, at: time.getTime(), ...stream.say(headers, place) };
      if (place >= until || hasLeft()) return;
    }
  } finally {
    leaving?.removeEventListener('abort', leave);
    await messages.close();
    await consumer.delete().catch(() => undefined);
  }
}

/** A server that gives no sign for two of these has lost the consumer, as by a restart: another is made. */
const signEveryMs = 1_000;
/** After that it is asked for more, though nothing has come. */
const askEveryMs = 10_000;
