import { ConfigError, describe } from './errors.js';
import { isList } from './own-record.js';

/** A figure of an observer's own, as its module describes it. */
export type MetricFigure<Id extends string = string> = AmountFigure<Id> | HistogramFigure<Id>;

/** A figure that is one number: one that only grows (`counter`), or that goes up and down (`gauge`). */
export interface AmountFigure<Id extends string = string> extends FigureWords<Id> {
  readonly kind: 'gauge' | 'counter';
}

/** A figure that is many numbers, counted by how large they are. */
export interface HistogramFigure<Id extends string = string> extends FigureWords<Id> {
  readonly kind: 'histogram';
  /** Upper bounds of the buckets, each with its bound, ascending; one more bucket takes what is larger. */
  readonly bounds: readonly number[];
}

interface FigureWords<Id extends string> {
  readonly id: Id;
  /** What it counts in, in a word, such as `count`, `ms`, `bytes` or `share`. */
  readonly unit: string;
  /** What it says, in one sentence. */
  readonly says: string;
}

/** Most figures that an observer may have. */
export const maxMetrics = 64;
/** Most bounds of a histogram. */
const maxBounds = 64;

/**
 * Checks figures of an observer's own, and copies them.
 *
 * @param where - whose they are, for the message
 * @throws {ConfigError} naming the figure and what is wrong with it
 */
export function ownMetricFigures(
  given: readonly GivenFigure[],
  where: string,
): readonly MetricFigure[] {
  if (!isList(given) || given.length > maxMetrics) {
    const got = isList(given) ? `${given.length} of them` : describe(given);
    throw new ConfigError(`${where}: metrics: expected at most ${maxMetrics}, got ${got}`);
  }
  const taken = new Map<string, string>();
  return Object.freeze(
    given.map((one) => {
      const figure = ownFigure(one, where);
      for (const name of seriesOf(figure)) {
        const other = taken.get(name);
        taken.set(name, figure.id);
        if (other === undefined) continue;
        throw new ConfigError(
          `${where}: metric '${figure.id}': expected a name of its own, but '${other}' is exported ` +
            `as ${name}, too; call one of them otherwise`,
        );
      }
      return figure;
    }),
  );
}

/** What may be a figure, each part read once. */
export type GivenFigure = Readonly<
  Partial<Record<'id' | 'kind' | 'unit' | 'says' | 'bounds', unknown>>
>;

/** What becomes one name of Prometheus, and stays another one where others are. */
const idForm = /^[a-z][a-zA-Z0-9]{0,63}$/;
const unitForm = /^[\p{L}%°][\p{L}\p{N} %°/.^-]{0,23}$/u;
/** One line, and nothing that moves what stands around it. */
const wordsForm = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;
const kinds: readonly unknown[] = ['gauge', 'counter', 'histogram'];

function ownFigure(given: unknown, where: string): MetricFigure {
  if (typeof given !== 'object' || given === null) {
    throw new ConfigError(`${where}: metrics: expected figures, got ${describe(given)}`);
  }
  const { id, kind, unit, says, bounds } = given as GivenFigure;
  if (!fits(id, idForm)) {
    throw new ConfigError(
      `${where}: metrics: expected a name of at most 64 letters and digits that begins with a small ` +
        `letter, such as largestShare, got ${describe(id)}`,
    );
  }
  const wrong = (part: string, expected: string, got: unknown): ConfigError =>
    new ConfigError(
      `${where}: metric '${id}': ${part}: expected ${expected}, got ${describe(got)}`,
    );
  if (!kinds.includes(kind)) throw wrong('kind', `'gauge', 'counter' or 'histogram'`, kind);
  if (!fits(unit, unitForm)) throw wrong('unit', 'a word such as count, ms or share', unit);
  if (!fits(says, wordsForm)) {
    throw wrong('says', 'a sentence of 1 to 200 characters, on one line and all to be seen', says);
  }
  if (kind !== 'histogram') {
    if (bounds === undefined) return Object.freeze({ id, kind: kind as 'gauge', unit, says });
    throw wrong('bounds', 'none, for only a histogram has them', bounds);
  }
  const own = copiedBounds(bounds);
  if (own === undefined) throw wrong('bounds', `a list of 1 to ${maxBounds} numbers`, bounds);
  const odd = own.findIndex((bound) => !Number.isFinite(bound));
  if (odd !== -1) throw wrong(`bounds[${odd}]`, 'a finite number', own[odd]);
  const numbers = own as readonly number[];
  const low = numbers.findIndex((bound, at) => at > 0 && bound <= numbers[at - 1]!);
  if (low !== -1) throw wrong(`bounds[${low}]`, `a number above ${numbers[low - 1]}`, own[low]);
  return Object.freeze({ id, kind, unit, says, bounds: Object.freeze(numbers) });
}

const fits = (value: unknown, form: RegExp): value is string =>
  typeof value === 'string' && value.length <= 256 && form.test(value);

/** A copy of a list that may be bounds; undefined of what is none, or too long or short. */
function copiedBounds(given: unknown): readonly unknown[] | undefined {
  if (!isList(given)) return undefined;
  const list = given as readonly unknown[];
  const { length } = list;
  if (length < 1 || length > maxBounds) return undefined;
  return Array.from({ length }, (_, at) => list[at]);
}

/** The names under which Prometheus gets a figure, without what stands before all of them. */
function seriesOf({ id, kind }: MetricFigure): string[] {
  const name = id.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  switch (kind) {
    case 'gauge':
      return [name];
    case 'counter':
      return [`${name}_total`];
    case 'histogram':
      return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  }
}
