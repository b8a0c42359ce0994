import type { Command } from 'commander';

const definitions = new WeakMap<Command, () => Promise<void>>();

/** Leaves what a command takes and does to be said when it is asked for. */
export function defineLater(command: Command, define: () => Promise<void>): void {
  definitions.set(command, define);
}

/** Says it, of a command that was left so. To be called before anything is asked of the command. */
export async function defineNow(command: Command): Promise<void> {
  await definitions.get(command)?.();
  definitions.delete(command);
}
