import { ConfigError, describe, suggestion } from '@panoptes/core/observer';
import type { ObserverContext } from '../runtime/define-observer.js';

/**
 * Reads an observer's options once, at `setup`. They come from another thread as data, so nothing
 * about them is taken for granted.
 */
export class OptionReader {
  readonly #observer: string;
  readonly #given: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();

  /** @throws {ConfigError} when the options are not a plain object; absent ones are none */
  constructor({ name, options }: ObserverContext) {
    this.#observer = name;
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new ConfigError(
        `observer '${name}': expected its options to be an object, got ${describe(options)}`,
      );
    }
    this.#given = new Map(Object.entries(options ?? {}));
  }

  /**
   * A whole number from `min` to `max`, both allowed; `initial` when it is not given.
   *
   * @throws {ConfigError} naming the option, what it may be and what it is
   */
  integer(option: string, initial: number, min: number, max: number): number {
    const value = this.#take(option) ?? initial;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
      return value;
    }
    throw this.#refusal(option, `a whole number from ${min} to ${max}`, value);
  }

  /**
   * A number from 0 to 1, both allowed; `initial` when it is not given.
   *
   * @throws {ConfigError} naming the option, what it may be and what it is
   */
  ratio(option: string, initial: number): number {
    const value = this.#take(option) ?? initial;
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    throw this.#refusal(option, 'a number from 0 to 1', value);
  }

  /**
   * A text of a certain form; `initial` when it is not given.
   *
   * @param expected - the form in words
   * @throws {ConfigError} naming the option, what it may be and what it is
   */
  text(option: string, initial: string, form: RegExp, expected: string): string {
    const value = this.#take(option) ?? initial;
    if (typeof value === 'string' && form.test(value)) return value;
    throw this.#refusal(option, expected, value);
  }

  /**
   * A list of words, of those that are known; `initial` when it is not given.
   *
   * @throws {ConfigError} naming the option, what it may be and what it is
   */
  words<Word extends string>(
    option: string,
    initial: readonly Word[],
    known: readonly Word[],
  ): readonly Word[] {
    const value = this.#take(option) ?? initial;
    const isKnown = (word: unknown): word is Word => known.includes(word as Word);
    if (Array.isArray(value) && value.every(isKnown)) return value;
    throw this.#refusal(option, `a list of ${known.join(', ')}`, value);
  }

  /**
   * To be called when all options are read: what is left was misspelt.
   *
   * @throws {ConfigError} naming an option that the observer does not have, and those it has
   */
  end(): void {
    for (const option of this.#given.keys()) {
      if (this.#known.has(option)) continue;
      const names = [...this.#known];
      const known = names.length === 0 ? 'none' : names.join(', ');
      throw new ConfigError(
        `observer '${this.#observer}': no such option '${option}' (it has: ${known})` +
          suggestion(option, names),
      );
    }
  }

  #take(option: string): unknown {
    this.#known.add(option);
    return this.#given.get(option);
  }

  #refusal(option: string, expected: string, value: unknown): ConfigError {
    return new ConfigError(
      `observer '${this.#observer}': option '${option}': expected ${expected}, got ${describe(value)}`,
    );
  }
}
