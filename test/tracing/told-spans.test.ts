import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { TraceListener, TracedOutcome } from '@panoptes/core';
import { openTelemetryTracer } from '@panoptes/tracing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SyncContexts } from './sync-contexts.js';

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
const request = tracerProvider.getTracer('test').startSpan('request');
const withinRequest = trace.setSpan(ROOT_CONTEXT, request);
beforeAll(() => void context.setGlobalContextManager(new SyncContexts()));
afterAll(() => context.disable());
beforeEach(() => exporter.reset());

/** A listener of a command that was called within nothing, as a registry gets it. */
const began = (): TraceListener =>
  openTelemetryTracer({ tracerProvider }).began({ kind: 'upsert', at: 1_000, leftOut: 0 })!;

const outcome: TracedOutcome = {
  ...{ kind: 'upsert', at: 1_000, leftOut: 0, endedAt: 1_020, outcome: 'committed', seq: 1 },
  ...{ change: 'added', error: undefined, proposedAt: 1_010, votes: [] },
};
const spans = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name.startsWith(name));
const ms = ([seconds, nanos]: readonly [number, number]) => seconds * 1_000 + nanos / 1e6;

it('handling is a trace of its own, whatever is active where it is told', () => {
  const listener = began();
  listener.ended(outcome);
  context.with(withinRequest, () =>
    listener.handled({ observer: 'a', seq: 1, outcome: 'finished', at: 1_030 }),
  );
  const [handling] = spans('panoptes.handle');
  expect(handling!.parentSpanContext).toBeUndefined();
  const others = [request.spanContext(), spans('panoptes.command')[0]!.spanContext()];
  for (const { traceId } of others) expect(handling!.spanContext().traceId).not.toBe(traceId);
});

it('the command’s span is a child of what was active as it began, not as its end is told', () => {
  const inside = context.with(withinRequest, began);
  inside.ended(outcome);
  const outside = began();
  context.with(withinRequest, () => outside.ended(outcome));
  expect(spans('panoptes.command').map((span) => span.parentSpanContext?.spanId)).toEqual([
    request.spanContext().spanId,
    undefined,
  ]);
});

it('votes beyond the first 64 have no spans of their own, and are counted', () => {
  const votes = Array.from({ length: 70 }, (_, at) => ({
    ...({ observer: `o${at}`, verdict: 'accepted', at: 1_015, error: undefined } as const),
  }));
  began().ended({ ...outcome, votes });
  expect(spans('panoptes.vote').map(({ attributes }) => attributes['panoptes.observer'])).toEqual(
    votes.slice(0, 64).map(({ observer }) => observer),
  );
  expect(spans('panoptes.command')[0]!.attributes['panoptes.votes']).toBe(70);
});

it('nothing ends before it begins: neither a vote that was absent before, nor handling', () => {
  const listener = began();
  const absent = { observer: 'a', verdict: 'absent', at: 1_005, error: undefined } as const;
  listener.ended({ ...outcome, votes: [absent] });
  listener.handled({ observer: 'b', seq: 1, outcome: 'finished', at: 1_019 });
  const times = [...spans('panoptes.vote'), ...spans('panoptes.handle')].map(
    ({ startTime, endTime }) => [ms(startTime), ms(endTime)],
  );
  expect(times).toEqual([
    [1_005, 1_005],
    [1_020, 1_020],
  ]);
});
