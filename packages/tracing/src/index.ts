export { type OpenTelemetryOptions, openTelemetryTracer } from './open-telemetry-tracer.js';
