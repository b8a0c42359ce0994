import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import { parseScenario } from '../file/scenario-file.js';
import { openChurn } from './open-churn.js';

/** All events of a scenario that is given as text. */
export async function eventsOf(text: string, file = 'scenario.yaml'): Promise<ChurnEvent[]> {
  const scenario = parseScenario({ file, text, overrides: [] });
  const events: ChurnEvent[] = [];
  for await (const event of (await openChurn(scenario, file)).events) events.push(event);
  return events;
}

/** How many peers are online at a time, by what was seen of them; fails on what cannot be. */
export function onlineAt(events: readonly ChurnEvent[], at: number): Set<string> {
  const online = new Set<string>();
  let last = 0;
  for (const event of events) {
    if (event.at < last) throw new Error(`time goes back to ${event.at}`);
    last = event.at;
    if (event.at > at) break;
    const nodeId = nodeIdOf(event);
    if (online.has(nodeId) === (event.kind === 'join')) {
      throw new Error(`${event.kind} of a peer that is ${online.has(nodeId) ? '' : 'not '}online`);
    }
    if (event.kind === 'join') online.add(nodeId);
    if (event.kind === 'leave') online.delete(nodeId);
  }
  return online;
}
