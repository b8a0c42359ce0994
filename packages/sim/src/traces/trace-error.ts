import { PanoptesError } from '@panoptes/core/observer';
import { mostPeersHeld } from '../input/reading.js';

/** A trace cannot be read: it is missing, no trace at all, or wrong at the position named. */
export class TraceError extends PanoptesError {
  readonly code = 'TRACE_INVALID';
  readonly file: string;
  readonly line: number | undefined;
  readonly field: string | undefined;

  /**
   * @param position - where it is
   * @param problem - what was expected and what came
   */
  constructor(
    position: TracePosition,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${placeText(position)}: ${problem}`, options);
    this.file = position.file;
    this.line = position.line;
    this.field = position.field;
  }
}

/** Where in a trace something is wrong; what does not apply is left out. */
export interface TracePosition {
  readonly file: string;
  /** Number of the line, from 1. */
  readonly line?: number | undefined;
  /** The field within the line or entry, as in `sessions` or `nodes[3].firstSeen`. */
  readonly field?: string | undefined;
}

/** A position for people to read, as in `crawl.json, line 3, field 'id'`. */
export const placeText = ({ file, line, field }: TracePosition): string =>
  [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(field === undefined ? [] : [`field '${field}'`]),
  ].join(', ');

/** More of a trace would have to be held in memory than there may be room for. */
export const tooManyPeers = (file: string): TraceError =>
  new TraceError({ file }, `expected at most ${mostPeersHeld} different peers, got more`);
