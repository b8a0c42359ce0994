import { readFileSync } from 'node:fs';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { ObserverHandle } from '@panoptes/core';
import { openTelemetryTracer } from '@panoptes/tracing';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Conduct } from '../fixtures/conduct.mjs';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';
import { SyncContexts } from './sync-contexts.js';

const module = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
const names = ['a', 'b', 'lax'];
const conducts = new Map(names.map((name) => [name, new Conduct()]));
const handles: ObserverHandle[] = [];
let registry: PeerRegistry;

beforeAll(async () => {
  context.setGlobalContextManager(new SyncContexts());
  const tracer = openTelemetryTracer({ tracerProvider, sampleEvery: 1 });
  registry = await createRegistry({
    tracer,
    observers: { voteTimeoutMs: 100_000, hangTimeoutMs: 100_000, breaker: { maxFailures: 100 } },
  });
  for (const name of names) {
    const handle = await registry.registerObserver({
      ...{ module, name, role: 'critical', onVoteFailure: name === 'lax' ? 'proceed' : 'abort' },
      options: { conduct: conducts.get(name)!.memory },
    });
    handles.push(handle);
  }
});
afterAll(async () => {
  await registry.close();
  context.disable();
});
/** Names of all attributes that spans had. */
const attributeNames = new Set<string>();
afterEach(() => {
  for (const { attributes } of exporter.getFinishedSpans()) {
    for (const name of Object.keys(attributes)) attributeNames.add(name);
  }
});
beforeEach(() => {
  for (const conduct of conducts.values()) conduct.name = 'accepts';
  exporter.reset();
});

/** Waits for all spans of what was sent, so many. */
async function spans(count: number): Promise<readonly ReadableSpan[]> {
  await registry.settled();
  await until(`there are ${count} spans`, () => exporter.getFinishedSpans().length >= count);
  return exporter.getFinishedSpans();
}

const named = (all: readonly ReadableSpan[], name: string) =>
  all.filter((span) => span.name.startsWith(name));
const command = (all: readonly ReadableSpan[]) => named(all, 'panoptes.command')[0]!;
const ms = ([seconds, nanos]: readonly [number, number]) => seconds * 1_000 + nanos / 1e6;
const verdicts = (all: readonly ReadableSpan[]) =>
  named(all, 'panoptes.vote')
    .map(
      ({ attributes }) =>
        `${String(attributes['panoptes.observer'])} ${String(attributes['panoptes.vote.verdict'])}`,
    )
    .sort();

describe('a commit with three critical observers', () => {
  it('is a span, its votes are children, and each handling is linked to it', async () => {
    const { seq } = await registry.upsert(peer(1));
    const all = await spans(7);
    expect(all).toHaveLength(7);
    const commit = command(all);
    expect(commit).toMatchObject({
      name: 'panoptes.command upsert',
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'panoptes.command.kind': 'upsert',
        'panoptes.command.outcome': 'committed',
        'panoptes.command.change': 'added',
        'panoptes.seq': seq,
        'panoptes.votes': 3,
        'panoptes.sample.left_out': 0,
      },
    });
    expect(commit.parentSpanContext).toBeUndefined();
    expect(verdicts(all)).toEqual(['a accepted', 'b accepted', 'lax accepted']);
    const { spanId, traceId } = commit.spanContext();
    for (const vote of named(all, 'panoptes.vote')) {
      expect(vote.parentSpanContext).toMatchObject({ spanId, traceId });
    }
    const handlings = named(all, 'panoptes.handle');
    expect(handlings.map(({ attributes }) => attributes['panoptes.observer']).sort()).toEqual(
      names,
    );
    for (const { kind, links, attributes, parentSpanContext, status } of handlings) {
      expect([kind, parentSpanContext, status.code]).toEqual([SpanKind.CONSUMER, undefined, 0]);
      expect(links.map((link) => link.context)).toEqual([commit.spanContext()]);
      expect(attributes).toMatchObject({
        'panoptes.seq': seq,
        'panoptes.handling.outcome': 'finished',
      });
    }
  });

  it('has the times of what happened, not of when it was told', async () => {
    await registry.upsert(peer(2));
    const all = await spans(7);
    const commit = command(all);
    const [proposed] = commit.events;
    expect(proposed!.name).toBe('panoptes.proposed');
    const proposedAt = ms(proposed!.time);
    expect(proposedAt).toBeGreaterThanOrEqual(ms(commit.startTime));
    for (const { startTime, endTime } of named(all, 'panoptes.vote')) {
      expect(ms(startTime)).toBe(proposedAt);
      expect(ms(endTime)).toBeGreaterThanOrEqual(proposedAt);
      expect(ms(endTime)).toBeLessThanOrEqual(ms(commit.endTime));
    }
    for (const { startTime, endTime } of named(all, 'panoptes.handle')) {
      expect(startTime).toEqual(commit.endTime);
      expect(ms(endTime)).toBeGreaterThanOrEqual(ms(startTime));
    }
  });

  it('is a child of what was active as the command was called', async () => {
    const parent = tracerProvider.getTracer('test').startSpan('request');
    await context.with(trace.setSpan(context.active(), parent), () => registry.upsert(peer(3)));
    await registry.upsert(peer(4));
    const commits = named(await spans(14), 'panoptes.command');
    expect(commits.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      parent.spanContext().spanId,
      undefined,
    ]);
  });
});

describe('what is not committed', () => {
  it('is an error by the veto, with all votes, and nobody handles it', async () => {
    conducts.get('b')!.name = 'vetoes';
    await registry.upsert(peer(5)).catch(() => undefined);
    const all = await spans(4);
    expect(all).toHaveLength(4);
    expect(verdicts(all)).toEqual(['a accepted', 'b vetoed', 'lax accepted']);
    const veto = named(all, 'panoptes.vote').find(
      ({ status }) => status.code !== SpanStatusCode.UNSET,
    )!;
    for (const { status, attributes, events } of [command(all), veto]) {
      expect(status.code).toBe(SpanStatusCode.ERROR);
      expect(status.message).toContain('told to');
      expect(attributes['error.type']).toBe('OBSERVER_VETO');
      const exception = events.find(({ name }) => name === 'exception')!;
      expect(exception.attributes).toMatchObject({ 'exception.type': 'OBSERVER_VETO' });
    }
    expect(command(all).attributes['panoptes.command.outcome']).toBe('vetoed');
    expect(ms(command(all).endTime)).toBeGreaterThanOrEqual(ms(veto.endTime));
  });

  it('is an error by a vote that failed, where that vote must be had', async () => {
    conducts.get('a')!.name = 'throws';
    await registry.upsert(peer(6)).catch(() => undefined);
    const all = await spans(4);
    expect(verdicts(all)).toEqual(['a failed', 'b accepted', 'lax accepted']);
    expect(command(all).attributes).toMatchObject({
      'panoptes.command.outcome': 'failed',
      'error.type': 'VOTE_FAILED',
    });
  });

  it('is an error by its refusal, and one for which nothing is to be done is none', async () => {
    await registry.updateTrust('nobody', 1).catch(() => undefined);
    await registry.remove('nobody');
    const all = await spans(2);
    expect(all.map(({ attributes }) => attributes['panoptes.command.outcome'])).toEqual([
      'rejected',
      'unchanged',
    ]);
    expect(all.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, 0]);
  });
});

it('a vote that failed is an error of its own where the commit goes on without it', async () => {
  conducts.get('lax')!.name = 'throws';
  await registry.upsert(peer(7));
  const all = await spans(7);
  expect(verdicts(all)).toEqual(['a accepted', 'b accepted', 'lax failed']);
  expect(command(all).status.code).toBe(SpanStatusCode.UNSET);
  const failed = named(all, 'panoptes.vote').filter(
    ({ status }) => status.code !== SpanStatusCode.UNSET,
  );
  expect(failed.map(({ attributes }) => attributes['panoptes.observer'])).toEqual(['lax']);
});

it('a vote that is not asked for, as its voter is away, is absent, and nobody is waited for', async () => {
  const lax = handles[2]!;
  await lax.pause();
  await registry.upsert(peer(8));
  const all = await spans(6);
  await lax.resume();
  expect(verdicts(all)).toEqual(['a accepted', 'b accepted', 'lax absent']);
  const handlings = named(all, 'panoptes.handle');
  expect(handlings.map(({ attributes }) => attributes['panoptes.observer']).sort()).toEqual([
    'a',
    'b',
  ]);
});

it('the page about tracing lists every attribute, and no other', () => {
  const page = readFileSync(new URL('../../docs/TRACING.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `((?:panoptes|error)\.[\w.]+)`/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...attributeNames].sort());
});
