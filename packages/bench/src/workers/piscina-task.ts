import type { PlainEvent } from '../workload/plain-registry.js';
import { reading } from '../workload/tally.js';

/** One observer's work on one event, as a task. Which thread does it is for the pool to decide. */
export default function handle(event: PlainEvent): number {
  return reading(event.entry);
}
