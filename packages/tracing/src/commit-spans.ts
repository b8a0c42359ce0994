import {
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { TraceListener, TracedHandling, TracedOutcome, TracedVote } from '@panoptes/core';
import { hrTime } from './hr-time.js';
import { type SpanException, spanException } from './span-exception.js';

/** Makes the spans of one command of the sample, once what they tell has happened. */
export class CommitSpans implements TraceListener {
  readonly #tracer: Tracer;
  readonly #parent: Context;
  /** What handling is linked to; none where nobody records the commit. */
  #commit: { readonly context: SpanContext; readonly at: number } | undefined;

  /** @param parent - what was active where the command was called */
  constructor(tracer: Tracer, parent: Context) {
    this.#tracer = tracer;
    this.#parent = parent;
  }

  ended(outcome: TracedOutcome): void {
    const { kind, at, endedAt, proposedAt, votes, error } = outcome;
    const span = this.#tracer.startSpan(
      `panoptes.command ${kind}`,
      { kind: SpanKind.INTERNAL, startTime: hrTime(at), attributes: commandAttributes(outcome) },
      this.#parent,
    );
    if (!span.isRecording()) return;
    const within = trace.setSpan(this.#parent, span);
    if (proposedAt !== undefined) span.addEvent('panoptes.proposed', undefined, hrTime(proposedAt));
    for (const vote of votes.slice(0, mostVotes)) {
      this.#vote(vote, Math.min(proposedAt ?? vote.at, vote.at), within);
    }
    if (error !== undefined) fail(span, spanException(error), endedAt);
    span.end(hrTime(endedAt));
    this.#commit = { context: span.spanContext(), at: endedAt };
  }

  handled({ observer, seq, outcome, at }: TracedHandling): void {
    if (this.#commit === undefined) return;
    const { context, at: committedAt } = this.#commit;
    const span = this.#tracer.startSpan('panoptes.handle', {
      kind: SpanKind.CONSUMER,
      root: true,
      links: [{ context }],
      startTime: hrTime(committedAt),
      attributes: {
        'panoptes.observer': observer,
        'panoptes.seq': seq,
        'panoptes.handling.outcome': outcome,
      },
    });
    if (outcome !== 'finished') {
      span.setStatus({ code: SpanStatusCode.ERROR, message: notFinished[outcome] });
    }
    span.end(hrTime(Math.max(committedAt, at)));
  }

  #vote({ observer, verdict, at, error }: TracedVote, proposedAt: number, within: Context): void {
    const span = this.#tracer.startSpan(
      'panoptes.vote',
      {
        kind: SpanKind.INTERNAL,
        startTime: hrTime(proposedAt),
        attributes: { 'panoptes.observer': observer, 'panoptes.vote.verdict': verdict },
      },
      within,
    );
    if (error !== undefined) fail(span, spanException(error), at);
    span.end(hrTime(at));
  }
}

/** Most votes with spans of their own; each attribute of the command's span counts all. */
const mostVotes = 64;

const notFinished = {
  left: 'it ended, was overtaken or paused first',
  late: 'it had not finished in time (followMs)',
};

function commandAttributes({
  kind,
  outcome,
  change,
  seq,
  votes,
  leftOut,
}: TracedOutcome): Attributes {
  return {
    'panoptes.command.kind': kind,
    'panoptes.command.outcome': outcome,
    'panoptes.sample.left_out': leftOut,
    ...(change !== undefined && { 'panoptes.command.change': change }),
    ...(seq !== undefined && { 'panoptes.seq': seq }),
    ...(votes.length > 0 && { 'panoptes.votes': votes.length }),
  };
}

function fail(span: Span, exception: SpanException, at: number): void {
  span.recordException(exception, hrTime(at));
  span.setAttribute('error.type', exception.code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
}
