import type { Clock } from '../clock.js';

/** The timers of a clock in the form in which XState wants them. */
export function machineTimers(clock: Clock) {
  const cancels = new Map<number, () => void>();
  let last = 0;
  return {
    setTimeout: (task: (...args: unknown[]) => void, delayMs: number): number => {
      const id = ++last;
      cancels.set(
        id,
        clock.after(delayMs, () => {
          cancels.delete(id);
          task();
        }),
      );
      return id;
    },
    clearTimeout: (id: number): void => {
      cancels.get(id)?.();
      cancels.delete(id);
    },
  };
}
