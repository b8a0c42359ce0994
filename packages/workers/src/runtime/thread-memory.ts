import { getHeapStatistics } from 'node:v8';
import type { HealthBoard } from '@panoptes/core/observer';

/** Shows how much memory this thread uses. */
export function showMemory(health: HealthBoard): void {
  const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
  health.noteMemory(heapBytes, externalBytes);
}
