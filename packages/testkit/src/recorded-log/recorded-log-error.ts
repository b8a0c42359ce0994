import { PanoptesError } from '@panoptes/core';

/** A recorded log cannot be read: it is missing, none at all, cut off, or wrong at the place named. */
export class RecordedLogError extends PanoptesError {
  readonly code = 'RECORDED_LOG_INVALID';
  readonly file: string;
  readonly offset: number | undefined;
  readonly field: string | undefined;

  /**
   * @param position - where it is
   * @param problem - what was expected and what came
   */
  constructor(position: RecordedLogPosition, problem: string, options?: ErrorOptions) {
    const { file, offset, field } = position;
    const place = [
      file,
      ...(offset === undefined ? [] : [`offset ${offset}`]),
      ...(field === undefined ? [] : [`field '${field}'`]),
    ];
    super(`${place.join(', ')}: ${problem}`, options);
    this.file = file;
    this.offset = offset;
    this.field = field;
  }
}

/** Where in a recorded log something is wrong. */
export interface RecordedLogPosition {
  readonly file: string;
  /** Bytes from the beginning. */
  readonly offset?: number;
  /** The field that is wrong, as in `event.seq`. */
  readonly field?: string | undefined;
}
