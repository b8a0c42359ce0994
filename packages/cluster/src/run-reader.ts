import { DeliverPolicy } from '@nats-io/jetstream';
import type { PlacedMessage, RunStream } from './run-stream.js';

/**
 * Reads a stream's messages in their order, through an ordered consumer, which goes on by itself when the
 * connection was lost. Few of them are under way at a time.
 *
 * @param from - the place of the first
 * @param until - the place of the last; without, it goes on with what comes
 */
export async function* readMessages(
  stream: RunStream,
  from: number,
  until = Number.POSITIVE_INFINITY,
): AsyncGenerator<PlacedMessage> {
  if (until < from) return;
  const consumer = await stream.server.client.consumers.get(stream.names.stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  const messages = await consumer.consume({ max_messages: underWay });
  try {
    for await (const message of messages) {
      const { seq: place, data, headers } = message;
      yield { place, data, ...stream.say(headers, place) };
      if (place >= until) return;
    }
  } finally {
    await messages.close();
    await consumer.delete().catch(() => undefined);
  }
}

/** A message has a quarter of a MiB or less. */
const underWay = 64;
