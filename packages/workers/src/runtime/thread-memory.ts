import { getHeapStatistics } from 'node:v8';
import type { HealthBoard, MemoryUse } from '@panoptes/core/observer';

/** Shows how much memory this thread uses. */
export function showMemory(health: HealthBoard): void {
  const { heapBytes, externalBytes } = memoryUse();
  health.noteMemory(heapBytes, externalBytes);
}

/** How much memory this thread uses. */
export function memoryUse(): MemoryUse {
  const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
  return { heapBytes, externalBytes };
}
