/** What is counted of the commands that an observer sent, through all its lives. */
export interface CommandStats {
  /** Commands handed in. */
  readonly sent: number;
  /** Commands refused, for whatever reason. */
  readonly refused: number;
  /** Commands that came after the end of their incarnation. */
  readonly dropped: number;
}

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
