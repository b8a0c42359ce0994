export type {
  HistoryRecord,
  RunEnding,
  RunFacts,
  SeenChange,
  SeenEvent,
} from './checkers/history.js';
export { HistoryChecker, type RecordOrigin } from './checkers/history-checker.js';
export type { Verdicts, Violation } from './checkers/verdicts.js';
export type { ChurnEvent, ChurnSource } from './churn/churn-event.js';
export { presetNamed, presets, type Preset } from './churn/presets.js';
export { main } from './cli.js';
export { openRegistry } from './driver/open-registry.js';
export { simulate, type SimulationOptions } from './driver/simulation.js';
export { faultModule, type FaultModuleOptions } from './faults/fault-module.js';
export { type FitDocument, type SessionFit, fitSessions } from './fit/session-fit.js';
export { type CheckDocument, checkRecording } from './record/check-recording.js';
export { type RecordedItem, RecordedLogReader } from './record/recorded-log-reader.js';
export {
  createRecordedLog,
  endRecordedLog,
  RecordedLogSink,
} from './record/recorded-log-writer.js';
export { Recording } from './record/recording.js';
export { endingOf } from './record/run-ending.js';
export type { Summary } from './report/summary.js';
export type { Override } from './scenario/file/scenario-document.js';
export type { ScenarioSource } from './scenario/file/scenario-file.js';
export { presetScenario } from './scenario/preset-scenario.js';
export { prepareScenario, type PreparedScenario } from './scenario/run/scenario-run.js';
export { openTrace } from './traces/open-trace.js';
export { TraceError } from './traces/trace-error.js';
