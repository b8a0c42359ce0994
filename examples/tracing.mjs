// Spans of commits, with the votes on them and their handling by observers, by OpenTelemetry's own SDK.
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createPeer } from '@panoptes/core';
import { openTelemetryTracer } from '@panoptes/tracing';
import { builtIn, createRegistry } from '@panoptes/workers';

// A program has one that sends them somewhere.
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});

const tracer = openTelemetryTracer({ tracerProvider, sampleEvery: 1 });
const registry = await createRegistry({ tracer });

const options = { minValidators: 1 };
await registry.registerObserver({ module: builtIn('validators'), role: 'critical', options });
await registry.registerObserver({ module: builtIn('mesh') });

const publicKey = 'a11ce0a11ce0a11c';
const peerId = { nodeId: 'alice', publicKey, did: `did:zhtp:${publicKey}` };
const capabilities = /** @type {const} */ ({ nodeType: 'validator' });
await registry.upsert(createPeer({ peerId, authenticated: true, trustScore: 1, capabilities }));
await registry.remove('alice').catch(() => undefined);
await registry.settled();
await registry.close();

const lines = exporter.getFinishedSpans().map(({ name, attributes, status }) => {
  const { 'panoptes.observer': observer = '', 'panoptes.command.outcome': outcome = '' } =
    attributes;
  return [name, observer, outcome, status.message].filter(Boolean).join(' | ');
});
console.log(lines.sort().join('\n'));
