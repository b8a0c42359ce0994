export {
  type CheckDocument,
  type ChurnEvent,
  type FaultModuleOptions,
  type HistoryRecord,
  type PlannedFault,
  type RecordedItem,
  type RecordOrigin,
  type RunEnding,
  type RunFacts,
  type SeenChange,
  type SeenEvent,
  type Verdicts,
  type Violation,
  checkRecording,
  createRecordedLog,
  endingOf,
  endRecordedLog,
  faultModule,
  HistoryChecker,
  RecordedLogReader,
  RecordedLogSink,
  Recording,
} from '@panoptes/testkit';
export type { ChurnSource } from './churn/churn-source.js';
export { presetNamed, presets, type Preset } from './churn/presets.js';
export { pick, substream, type Uniform } from './churn/random-source.js';
export { main } from './cli.js';
export type { BenchCommands, TrialFlags } from './commands/bench-package.js';
export { exitCodes } from './commands/exit-codes.js';
export { print } from './commands/print.js';
export type { Terminal } from './commands/terminal.js';
export { type CheckLevel, checkLevels } from './driver/check-level.js';
export { openRegistry } from './driver/open-registry.js';
export { simulate } from './driver/simulation.js';
export type { GivenEvent } from './driver/given-source.js';
export type { OnClosing, OnRegistry, RunningSimulation } from './driver/on-registry.js';
export type { SimulationFacts } from './driver/simulation-facts.js';
export type { SimulationOptions } from './driver/simulation-options.js';
export { type FitDocument, type SessionFit, fitSessions } from './fit/session-fit.js';
export { readTextFile } from './input/text-file.js';
export type { PlayedObserver } from './observers/observer-module.js';
export type { Colors } from './report/colors.js';
export { type Machine, thisMachine, warningsOf } from './report/machine.js';
export { writeFiles } from './report/run-files.js';
export { type Screen, screenFor } from './report/screen.js';
export type { Summary } from './report/summary.js';
export { type TextColumn, textTable } from './report/text-table.js';
export type { Override } from './scenario/file/scenario-document.js';
export type { ScenarioSource } from './scenario/file/scenario-file.js';
export { presetScenario } from './scenario/preset-scenario.js';
export { prepareScenario, type PreparedScenario } from './scenario/run/scenario-run.js';
export { openTrace } from './traces/open-trace.js';
export { TraceError } from './traces/trace-error.js';
