import type { ObserverHandle } from '@panoptes/core';
import { faultNamed } from './fault-table.js';
import type { VictimModule } from './fault-module.js';
import { leaveOrder } from './later-lives.js';
import { readOrder } from './strike-order.js';
import { strikeQuery } from './victim.js';

/**
 * Orders a registered victim to misbehave.
 *
 * A fault of a query strikes at once, in the query that brings the order: what becomes of that
 * query becomes of this call. Others resolve when the victim has the order, and strike at
 * transaction `at` or the next. Faults of `setup` and of a snapshot strike in the incarnation that
 * follows, so the victim also throws at `at`, to start its next incarnation.
 *
 * @param fault - one that there is
 * @throws the registry's error when the victim cannot be asked, or its query failed
 */
export async function strike(
  victim: Pick<ObserverHandle, 'ask'>,
  { key }: VictimModule,
  fault: string,
  at: number,
): Promise<unknown> {
  const { place, clings } = faultNamed(fault, 'fault');
  const give = (order: object): Promise<unknown> => victim.ask(strikeQuery, [readOrder(order)]);
  const isForNextLife = place === 'setup' || place === 'snapshot';
  if (!isForNextLife && clings !== true) return give({ fault, at });
  const firstIncarnation = ((await victim.ask(strikeQuery, [])) as number) + 1;
  const lastIncarnation = clings === true ? Number.MAX_SAFE_INTEGER : firstIncarnation;
  leaveOrder(
    key,
    readOrder({ fault, at: isForNextLife ? 0 : at, firstIncarnation, lastIncarnation }),
  );
  return give({ fault: isForNextLife ? 'throws-in-events' : fault, at });
}
