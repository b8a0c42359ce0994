import type { Comparison } from '../report/summary.js';
import type { ChurnTally } from './churn-tally.js';
import { DigestDesk } from './digest-desk.js';
import { ModelOracle } from './model-oracle.js';
import { usualHangTimeoutMs } from './open-registry.js';
import type { Oracle } from './oracle.js';
import type { ObserverPort, RegistryPort } from './registry-port.js';
import type { RunModel } from './run-model.js';
import type { OwnSimulation } from './simulation-options.js';
import { SnapshotOracle } from './snapshot-oracle.js';
import { UncheckedOracle } from './unchecked-oracle.js';

/**
 * What a run and its observers are compared with.
 *
 * @param model - there where they are compared with it
 * @param ports - of the observers, in their order
 * @param logPort - what follows the log, where anything does
 */
export function oracleFor(
  registry: RegistryPort,
  options: OwnSimulation,
  model: RunModel | undefined,
  ports: readonly ObserverPort[],
  logPort: ObserverPort | undefined,
  tally: ChurnTally,
): Oracle {
  const { clock, hangTimeoutMs = usualHangTimeoutMs } = options;
  const digests = new DigestDesk(clock, hangTimeoutMs);
  const all = logPort === undefined ? ports : [logPort, ...ports];
  switch (comparisonOf(options)) {
    case 'nothing':
      return new UncheckedOracle(registry, digests, options.checks === 'digest' ? all : []);
    case 'plain model':
      return new ModelOracle(registry, digests, model!, all);
    case 'fresh observers': {
      const followers = options.observers.map((played, at) => ({ played, port: ports[at]! }));
      return new SnapshotOracle(registry, digests, followers, logPort!, tally);
    }
  }
}

/** What is compared at all. */
export const comparisonOf = ({ checks = 'full', withModel = true }: OwnSimulation): Comparison =>
  checks !== 'full' ? 'nothing' : withModel ? 'plain model' : 'fresh observers';
