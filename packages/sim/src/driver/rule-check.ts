import {
  type RunEnding,
  checkIndexes,
  Findings,
  type Verdicts,
  mostPeersListed,
} from '@panoptes/testkit';
import type { ObserverPort, RegistryPort } from './registry-port.js';

/**
 * Holds a run to the rules that can be checked while it goes on: those of following the log, by what
 * its witness saw, and those of the registry's indexes, which are looked at here.
 *
 * @param log - the observer that follows the log and checks what it sees
 */
export async function checkRules(
  registry: Pick<RegistryPort, 'peers'>,
  log: ObserverPort,
  ending: RunEnding,
): Promise<Verdicts> {
  const verdicts = new Findings();
  // One that cannot be asked has failed its comparison with the model already.
  const seen = (await log.ask('verdicts', [ending]).catch(() => undefined)) as Verdicts | undefined;
  if (seen === undefined) verdicts.skipped('delivery');
  else verdicts.add(seen);
  if (registry.peers.size > mostPeersListed) verdicts.skipped('indexes');
  else verdicts.add(checkIndexes(registry.peers));
  return verdicts.verdicts();
}
