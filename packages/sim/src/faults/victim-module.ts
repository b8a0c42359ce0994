import type { AnyObserver } from '@panoptes/workers/observer';
import { ordersLeftFor } from './later-lives.js';
import { readOrder } from './strike-order.js';
import { victimOf } from './victim.js';

/*
 * What a victim's thread loads. Whom it is to be, under which key orders are left for its later lives
 * and what it is to do stand in the query of its URL, so that its options stay the observer's own.
 */
const { searchParams } = new URL(import.meta.url);
const observer = searchParams.get('observer')!;
const key = searchParams.get('key')!;
const orders = (JSON.parse(searchParams.get('orders')!) as unknown[]).map(readOrder);

const { default: definition } = (await import(observer)) as { default: AnyObserver };

export default victimOf(definition, [...orders, ...ordersLeftFor(key)]);
