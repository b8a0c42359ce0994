import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { TracedHandling, TracedOutcome, Tracer } from '@panoptes/core';
import { type OpenTelemetryOptions, openTelemetryTracer } from '@panoptes/tracing';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { Conduct } from '../fixtures/conduct.mjs';
import { until } from '../fixtures/until.js';
import { peer } from '../voting/scene.js';

const tally = new URL('../fixtures/tally.observer.mjs', import.meta.url);
const stuck = new URL('../fixtures/stuck.observer.mjs', import.meta.url);

/** Notes what a registry tells of each command. */
function notes(more: Partial<Tracer> = {}) {
  const ended: TracedOutcome[] = [];
  const handled: TracedHandling[] = [];
  const tracer: Tracer = {
    sampleEvery: 1,
    began: () => ({
      ended: (outcome) => void ended.push(outcome),
      handled: (handling) => void handled.push(handling),
    }),
    ...more,
  };
  return { tracer, ended, handled };
}

describe('a registry with a tracer', () => {
  it('has every commit of the sample followed through every observer, once', async () => {
    const { tracer, ended, handled } = notes({ sampleEvery: 10 });
    const registry = await createRegistry({ tracer });
    for (const name of ['a', 'b']) {
      await registry.registerObserver({
        module: tally,
        name,
        host: name === 'a' ? 'inline' : 'thread',
      });
    }
    const sent = Array.from({ length: 500 }, (_, number) => registry.upsert(peer(number)));
    await Promise.all(sent);
    await registry.settled();
    await registry.close();
    expect(ended.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 50 }, (_, at) => 10 * (at + 1)),
    );
    const told = handled.map(({ observer, seq, outcome }) => `${observer} ${seq} ${outcome}`);
    const expected = ended.flatMap(({ seq }) => [`a ${seq} finished`, `b ${seq} finished`]);
    expect(told.sort()).toEqual(expected.sort());
  });

  it.each([
    ['that it left, at the end', undefined, 'left'],
    ['that it is late, once', 50, 'late'],
  ])('is told of an observer that does not finish %s', async (_, followMs, outcome) => {
    const { tracer, ended, handled } = notes({ followMs });
    const observers = { drainTimeoutMs: 1, stopTimeoutMs: 1 };
    const registry = await createRegistry({ tracer, observers, logger: false });
    const { memory } = Object.assign(new Conduct(), { name: 'waits' });
    await registry.registerObserver({ module: stuck, options: { conduct: memory } });
    await registry.upsert(peer(1));
    if (followMs !== undefined) await until('it is late', () => handled.length > 0);
    await registry.close();
    expect(ended).toHaveLength(1);
    expect(handled).toMatchObject([{ observer: 'stuck', seq: 1, outcome }]);
  });

  it('is as ever with one that throws', async () => {
    const tracer: Tracer = {
      sampleEvery: 1,
      began: () => {
        throw new Error('told to');
      },
    };
    const registry = await createRegistry({ tracer, logger: false });
    await registry.registerObserver({ module: tally, host: 'inline' });
    for (let number = 1; number < 5; number++) {
      expect(await registry.upsert(peer(number))).toEqual({ seq: number, change: 'added' });
    }
    await registry.settled();
    expect(registry.failure.aborted).toBe(false);
    await registry.close();
  });

  it.each([
    [{ tracer: 7 }, 'CONFIG_INVALID'],
    [{ tracer: {} }, 'CONFIG_INVALID'],
  ])('is refused with %j', async (options, code) => {
    await expect(createRegistry(options as never)).rejects.toMatchObject({ code });
  });
});

describe('an OpenTelemetry tracer', () => {
  it.each<[OpenTelemetryOptions, string]>([
    [
      { tracerProvider: {} as never },
      "option 'tracerProvider': expected an object with the methods getTracer",
    ],
    [
      { tracerProvider: { getTracer: () => undefined as never } },
      "option 'tracerProvider': expected getTracer() to return a tracer, got undefined",
    ],
    [{ sampleEvery: 0 }, "option 'sampleEvery': expected a whole number from 1"],
    [{ followMs: 0.5 }, "option 'followMs': expected a whole number from 1"],
    [{ every: 1 } as never, "option 'every': no such option"],
  ])('is refused with %j', (options, message) => {
    expect(() => openTelemetryTracer(options)).toThrow(message);
  });

  it('says what a provider throws, with its error as the cause', () => {
    const cause = new Error('no pipeline');
    const getTracer = () => {
      throw cause;
    };
    expect(() => openTelemetryTracer({ tracerProvider: { getTracer } })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message:
          "option 'tracerProvider': expected getTracer() to return a tracer; it threw: no pipeline",
        cause,
      }),
    );
  });

  it('does nothing without an SDK', async () => {
    const registry = await createRegistry({ tracer: openTelemetryTracer({ sampleEvery: 1 }) });
    expect(await registry.upsert(peer(1))).toEqual({ seq: 1, change: 'added' });
    await registry.close();
  });

  it('makes no span of handling where its commit is not sampled', async () => {
    const exporter = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
      sampler: {
        shouldSample: (_, __, name) => ({
          decision: name.startsWith('panoptes.command')
            ? SamplingDecision.NOT_RECORD
            : SamplingDecision.RECORD_AND_SAMPLED,
        }),
        toString: () => 'handling only',
      },
    });
    const tracer = openTelemetryTracer({ sampleEvery: 1 });
    // The program's may be registered after that.
    trace.setGlobalTracerProvider(tracerProvider);
    const registry = await createRegistry({ tracer });
    await registry.registerObserver({ module: tally, host: 'inline' });
    await registry.upsert(peer(1));
    await registry.settled();
    await registry.close();
    trace.disable();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
