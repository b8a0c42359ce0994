import { type Tracer as SpanTracer, type TracerProvider, context, trace } from '@opentelemetry/api';
import {
  ConfigError,
  type Tracer,
  checkPort,
  describe,
  messageOf,
  noSuchOption,
  ownRecord,
  ownTracer,
  packageVersion,
} from '@panoptes/core';
import { CommitSpans } from './commit-spans.js';

/**
 * Traces commits with OpenTelemetry: a span for each command of the sample, the votes on it as its children, and
 * a span for each observer's handling of it, which is linked to it. The command's span is a child of what was
 * active where the command was called. Only the API is used: what becomes of spans is for the program's SDK to
 * say, and without one nothing does.
 *
 * ```ts
 * const registry = await createRegistry({ tracer: openTelemetryTracer({ sampleEvery: 100 }) });
 * ```
 *
 * @throws {ConfigError} naming the first option that is not one it can be
 */
export function openTelemetryTracer(options: OpenTelemetryOptions = {}): Tracer {
  const { tracerProvider, sampleEvery, followMs, ...rest } = ownRecord(
    options,
    'the options of openTelemetryTracer',
    names,
  );
  for (const unknown of Object.keys(rest)) throw noSuchOption(unknown, names);
  if (tracerProvider !== undefined) checkPort('tracerProvider', tracerProvider, ['getTracer']);
  const tracer = tracerOf((tracerProvider as TracerProvider | undefined) ?? trace);
  return ownTracer({
    sampleEvery,
    followMs,
    began: () => new CommitSpans(tracer, context.active()),
  });
}

/** Their own code: what it throws, or gives in place of a tracer, is said where it was handed in. */
function tracerOf(provider: Pick<TracerProvider, 'getTracer'>): SpanTracer {
  const expected = `option 'tracerProvider': expected getTracer() to return a tracer`;
  let tracer: SpanTracer;
  try {
    tracer = provider.getTracer('@panoptes/tracing', packageVersion());
  } catch (cause) {
    throw new ConfigError(`${expected}; it threw: ${messageOf(cause)}`, { cause });
  }
  const { startSpan } = ((tracer as unknown) ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof startSpan === 'function') return tracer;
  throw new ConfigError(`${expected}, got ${describe(tracer)}`);
}

/** How to trace; what is left out gets its default. */
export interface OpenTelemetryOptions extends Pick<Tracer, 'sampleEvery' | 'followMs'> {
  /** Who makes the spans. Default: the program's own, also one that is registered later. */
  readonly tracerProvider?: TracerProvider | undefined;
}

const names: readonly (keyof OpenTelemetryOptions)[] = [
  'tracerProvider',
  'sampleEvery',
  'followMs',
];
