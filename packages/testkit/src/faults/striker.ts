import type { ObserverHandle } from '@panoptes/core';
import { faultNamed } from './fault-table.js';
import type { VictimModule } from './fault-module.js';
import { deferOrder } from './deferred-orders.js';
import { readOrder } from './strike-order.js';
import { strikeQuery } from './victim.js';

/**
 * Orders a registered victim to misbehave.
 *
 * A fault of a query strikes at once, in the query that brings the order: this call has the
 * outcome of that query. Others resolve when the victim has the order, and strike at
 * transaction `at` or the next. Faults of `setup` and of a snapshot strike in the incarnation that
 * follows, so the victim also throws at `at`, to start its next incarnation.
 *
 * @param fault - one that there is
 * @throws the registry's error when the victim cannot be asked, or its query failed
 */
export async function strike(
  victim: Pick<ObserverHandle, 'ask'>,
  { orders }: VictimModule,
  fault: string,
  at: number,
): Promise<unknown> {
  const { place, clings } = faultNamed(fault, 'fault');
  const give = (order: object): Promise<unknown> => victim.ask(strikeQuery, [readOrder(order)]);
  const isForNextIncarnation = place === 'setup' || place === 'snapshot';
  if (!isForNextIncarnation && clings !== true) return give({ fault, at });
  const firstIncarnation = ((await victim.ask(strikeQuery, [])) as number) + 1;
  const lastIncarnation = clings === true ? Number.MAX_SAFE_INTEGER : firstIncarnation;
  deferOrder(
    orders,
    readOrder({ fault, at: isForNextIncarnation ? 0 : at, firstIncarnation, lastIncarnation }),
  );
  return give({ fault: isForNextIncarnation ? 'throws-in-events' : fault, at });
}
