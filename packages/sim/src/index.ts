export type { ChurnEvent, ChurnSource } from './churn/churn-event.js';
export { generateChurn, type GeneratorOptions } from './churn/generator.js';
export { presetNamed, presets, type Preset } from './churn/presets.js';
export { main } from './cli.js';
export { type FitDocument, type SessionFit, fitSessions } from './fit/session-fit.js';
export { recordedTimes } from './fit/session-sample.js';
export type { Summary } from './report/summary.js';
export { openTrace } from './traces/open-trace.js';
export { TraceError } from './traces/trace-error.js';
