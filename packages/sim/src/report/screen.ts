import { type Colors, colorsFor } from './colors.js';

/** How what is written for people shall look. */
export interface Screen {
  readonly colors: Colors;
  /** Columns that there are; infinite where lines are not wrapped. */
  readonly width: number;
}

/** Narrower than this nothing can be read, and nothing is made narrower for it. */
const leastWidth = 20;

/** A terminal is as wide as it says; what goes elsewhere as `COLUMNS` says, or as it comes. */
export function screenFor(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  env: NodeJS.ProcessEnv,
): Screen {
  const columns = stream.isTTY ? stream.columns : Number(env['COLUMNS']);
  const width = columns > 0 ? Math.max(leastWidth, columns) : Number.POSITIVE_INFINITY;
  return { colors: colorsFor(stream, env), width };
}
