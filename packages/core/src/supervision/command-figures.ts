import type { Figures } from '../figure.js';
import type { commandFigures } from '../figures.js';

/** Counts an observer's commands. */
export class CommandFigures {
  sent = 0;
  refused = 0;
  dropped = 0;

  stats(): CommandStats {
    const { sent, refused, dropped } = this;
    return { sent, refused, dropped };
  }
}

/** What is counted of an observer's commands; the numbers are described in `figures.ts`. */
export type CommandStats = Figures<typeof commandFigures>;
