import { type PeerEntry, peerFields } from '@panoptes/core/observer';
import type { ChurnEvent } from './churn-event.js';

/**
 * An event as a registry with default options takes it, by the plain rule: of a peer's times, those
 * that are too far ahead of the clock are the present.
 *
 * @param now - the registry's clock when the event is handed in, in Unix milliseconds
 */
export function asTaken(event: ChurnEvent, now: number): ChurnEvent {
  if (event.kind === 'leave') return event;
  const peer = withoutFuture(peerFields, event.peer, now) as PeerEntry;
  return peer === event.peer ? event : { ...event, peer };
}

/**
 * How far ahead of virtual time a trace may tell of a peer. A crawl is played at one instant and tells
 * of answers that came before and after it, for as long as it was on its way.
 */
export const toldAheadSecs = 30 * 86_400;

/** As much of the table of fields as is needed to find the times. */
interface FieldShape {
  readonly kind: string;
  readonly initial?: unknown;
  readonly fields?: Readonly<Record<string, FieldShape>>;
  readonly field?: FieldShape;
}

/** The same object where there is nothing to change. */
function withoutFuture(
  fields: Readonly<Record<string, FieldShape>>,
  values: Readonly<Record<string, unknown>>,
  now: number,
): Readonly<Record<string, unknown>> {
  let taken = values;
  for (const [name, { kind, initial, fields: inner, field }] of Object.entries(fields)) {
    const value = values[name];
    const group = kind === 'record' ? inner : field?.fields;
    const isTime = kind === 'number' && initial === 'now';
    const becomes =
      isTime && (value as number) > now + toldAheadSecs * 1000
        ? now
        : group !== undefined && value !== undefined
          ? withoutFuture(group, value as Readonly<Record<string, unknown>>, now)
          : value;
    if (becomes !== value) taken = { ...taken, [name]: becomes };
  }
  return taken;
}
