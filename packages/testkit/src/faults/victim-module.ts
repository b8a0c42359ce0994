import { wrappedIn } from '../wrapping/wrapped-module.js';
import { deferredOrders } from './deferred-orders.js';
import { readOrder } from './strike-order.js';
import { victimOf } from './victim.js';

/* What a victim's thread loads: whom it is to be, what it is to do, and where orders are
 * left for its later incarnations. */
const { definition, setting } = await wrappedIn(import.meta.url);
const orders = (JSON.parse(setting('orders')) as unknown[]).map(readOrder);

export default victimOf(definition, [...orders, ...deferredOrders(setting('place'))]);
