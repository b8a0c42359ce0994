import { ConnectionBrokenError } from '../connection-errors.js';
import type { RecordReader } from '../log/record-ring.js';
import { readFieldPatch, refusedPatch } from '../peers/field-patch-units.js';
import { readNumberPatch } from '../peers/number-patch-units.js';
import type { Staging } from '../peers/staging.js';
import { UnitReader } from '../peers/unit-stream.js';
import { CommandKind, changeForms, mostCommandBytes, targetNames } from './caller-record.js';
import { type Step, type UpdateStep, type UpdateTarget, updateStep } from './commands.js';

/**
 * Makes commands of the records of callers on other threads. Each record is copied first, and everything
 * that is made of it is made of the copy.
 */
export class CallerSteps {
  readonly #staging: Staging;
  readonly #now: () => number;
  readonly #units = new UnitReader(mostCommandBytes);

  /** @param now - gives the present, Unix milliseconds. It may throw */
  constructor(staging: Staging, now: () => number) {
    this.#staging = staging;
    this.#now = now;
  }

  /**
   * Reads the command, or the step of a batch, of the record that was found.
   *
   * @throws {ConnectionBrokenError} when no caller would write it
   * @throws {PeerValidationError} naming a bad time
   */
  read(records: RecordReader): Step {
    const kind = records.kind & ~CommandKind.step;
    if (kind === CommandKind.upsert || kind === CommandKind.replace) {
      const entry = this.#staging.stageEncoded(records);
      const { nodeId } = entry;
      const allowIdentityChange = kind === CommandKind.replace;
      return { kind: 'upsert', nodeId, entry, allowIdentityChange };
    }
    if (kind === CommandKind.remove) return { kind: 'remove', nodeId: this.text(records) };
    if (kind === CommandKind.update) return this.update(records);
    throw new ConnectionBrokenError(`a command came of no known kind (${kind})`);
  }

  /** Reads a text that is all that there is of a record. */
  text(records: RecordReader): string {
    const units = this.#copy(records);
    const text = units.text();
    units.finish();
    return text;
  }

  /** Sees to it that there is nothing in a record. */
  nothing(records: RecordReader): void {
    this.#copy(records).finish();
  }

  /** Reads a word that is all that there is of a record. */
  word(records: RecordReader): number {
    const units = this.#copy(records);
    const word = units.words();
    units.finish();
    return word;
  }

  /** Takes back the place of what a step brought that is not to be committed. */
  release(step: Step): void {
    if (step.kind === 'upsert') this.#staging.release(step.entry);
  }

  /** Reads an update, whatever kind of record it is in. */
  update(records: RecordReader): UpdateStep {
    const units = this.#copy(records);
    const name = targetNames[units.words()];
    const form = changeForms[units.second];
    const text = units.text();
    if (name === undefined) throw new ConnectionBrokenError('an update came of nobody');
    return updateStep({ [name]: text } as unknown as UpdateTarget, this.#change(form, units));
  }

  #change(form: (typeof changeForms)[number] | undefined, units: UnitReader): UpdateStep['change'] {
    switch (form) {
      case 'numbers': {
        const patch = readNumberPatch(units, this.#now);
        units.finish();
        return patch;
      }
      case 'fields':
        return readFieldPatch(units, this.#now);
      case 'refused': {
        const [field, message] = [units.text(), units.text()];
        units.finish();
        return refusedPatch(field, message);
      }
      default:
        throw new ConnectionBrokenError('an update came without a change');
    }
  }

  #copy(records: RecordReader): UnitReader {
    const units = this.#units;
    if (records.bodyBytes > mostCommandBytes) {
      throw new ConnectionBrokenError(`a command came of ${records.bodyBytes} bytes`);
    }
    records.copyBody(units.memory, 0);
    units.at = 0;
    units.end = records.bodyBytes;
    return units;
  }
}
