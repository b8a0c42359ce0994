export type { LifeFacts, ObserverFacts, Place } from './checkers/history.js';
export { checkIndexes, type IndexedPeers } from './checkers/index-rules.js';
export type { LifeBounds } from './checkers/life-rules.js';
export { plainIndexes } from './checkers/plain-indexes.js';
export {
  Findings,
  type RuleName,
  type RuleVerdict,
  type Violation,
  ruleNames,
} from './checkers/verdicts.js';
export type { Canary } from './faults/canary.js';
export {
  type Fault,
  type FaultFamily,
  type FaultPlace,
  type FaultScene,
  type IsolatingHost,
  expectedCodes,
  riskOn,
  uncontainedOn,
} from './faults/fault.js';
export {
  type FaultModuleOptions,
  type VictimModule,
  canaryModule,
  faultModule,
  victimModule,
} from './faults/fault-module.js';
export { faultNamed, faults } from './faults/fault-table.js';
export {
  FaultInjection,
  type FaultInjectionDeps,
  type InjectedFault,
  type InjectedRegistry,
  type PlannedFault,
  type Victim,
} from './faults/injection/fault-injection.js';
export { isPolluted } from './faults/kinds/bad-results.js';
export { forgetOrders } from './faults/deferred-orders.js';
export { strike } from './faults/striker.js';
export * from './model.js';
export { type CallInHand, type ModelCall, callText, modelCalls } from './model/call-board.js';
export type { ModelFailure, ModelFinding } from './model/model-observer.js';
export type { ModelAccount, ModelPort } from './model/model-port.js';
export { asTaken, toldAheadSecs } from './model/told-times.js';
export * from './observer.js';
export {
  type CheckDocument,
  type CheckedHistory,
  checkRecording,
} from './recorded-log/check-recording.js';
export { OutputLock } from './recorded-log/output-lock.js';
export { RecordedLogError, type RecordedLogPosition } from './recorded-log/recorded-log-error.js';
export { type RecordedLogHeader, subscriptionShape } from './recorded-log/recorded-log-header.js';
export { type RecordedItem, RecordedLogReader } from './recorded-log/recorded-log-reader.js';
export {
  type RecordedIncarnation,
  RecordedLogSink,
  createRecordedLog,
  endRecordedLog,
} from './recorded-log/recorded-log-writer.js';
export { type RecordedRun, Recording, observerFacts } from './recorded-log/recording.js';
export { endingOf, mostPeersListed } from './recorded-log/run-ending.js';
export { runLimits } from './recorded-log/run-limits.js';
