/**
 * The kinds of field a peer entry is made of, and the TypeScript types that follow from them.
 *
 * A table of fields built from these functions is plain data. Everything that must agree about an
 * entry is derived from it: its type (here), its bytes (`entry-layout.ts`), its
 * validation and defaults (`entry-encoder.ts`) and its lazy view (`entry-view.ts`).
 */

/** A finite number, 8 bytes. Without a default it must be given. `'now'` is the current time. */
export interface NumberField<Required extends boolean = boolean> {
  readonly kind: 'number';
  readonly required: Required;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  readonly initial: number | 'now';
}

/** True or false, one bit. */
export interface FlagField {
  readonly kind: 'flag';
  readonly required: false;
  readonly initial: boolean;
}

/** One of a few words, as many bits as they need. */
export interface ChoiceField<Word extends string = string> {
  readonly kind: 'choice';
  readonly required: false;
  readonly words: readonly Word[];
  readonly initial: Word;
}

/** UTF-8 text without NUL, its length limited in bytes. */
export interface TextField<Required extends boolean = boolean> {
  readonly kind: 'text';
  readonly required: Required;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly initial: string;
}

/** Bytes, read as lowercase hex; accepted as bytes or as hex in any case. */
export interface HexField {
  readonly kind: 'hex';
  readonly required: true;
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** A list of texts or of records; empty unless given. */
export interface ListField<Item extends ListItem = ListItem> {
  readonly kind: 'list';
  readonly required: false;
  readonly item: Item;
  readonly maxItems: number;
}

/** Named fields that belong together. */
export interface RecordField<Fields extends FieldTable = FieldTable> {
  readonly kind: 'record';
  readonly fields: Fields;
}

/** A field that may be absent, and is unless given. */
export interface OptionalField<Inner extends OptionalInner = OptionalInner> {
  readonly kind: 'optional';
  readonly required: false;
  readonly field: Inner;
}

/** What a list may hold. */
export type ListItem = TextField | ItemRecord;
/** A record inside a list: numbers and texts only. */
export interface ItemRecord {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, NumberField | TextField>>;
}
/** What may be optional. */
export type OptionalInner = NumberField | TextField | RecordField;
export type Field =
  | NumberField
  | FlagField
  | ChoiceField
  | TextField
  | HexField
  | ListField
  | RecordField
  | OptionalField;
export type FieldTable = Readonly<Record<string, Field>>;

interface NumberOptions {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

const numberField = <Required extends boolean>(
  required: Required,
  initial: number | 'now',
  { min = 0, max = Number.MAX_VALUE, integer = false }: NumberOptions,
): NumberField<Required> => ({ kind: 'number', required, min, max, integer, initial });

/** What a number may be, for messages. */
export function numberExpectation({ min, max, integer }: NumberField): string {
  const what = integer ? 'a whole number' : 'a finite number';
  if (max === Number.MAX_VALUE || max === Number.MAX_SAFE_INTEGER) return `${what} from ${min} up`;
  return `${what} from ${min} to ${max}`;
}

/** Whether a value is a number that a field may have. */
export const isNumberOf = ({ min, max, integer }: NumberField, value: unknown): value is number =>
  typeof value === 'number' &&
  value >= min &&
  value <= max &&
  (!integer || Math.floor(value) === value);

/** A finite number with a default. */
export const number = (initial: number, options: NumberOptions = {}): NumberField<false> =>
  numberField(false, initial, options);

/** A whole number from 0 up, with a default. */
export const count = (initial = 0): NumberField<false> =>
  numberField(false, initial, { max: Number.MAX_SAFE_INTEGER, integer: true });

/** A share from 0 to 1, with a default. */
export const ratio = (initial: number): NumberField<false> =>
  numberField(false, initial, { max: 1 });

/** A moment in Unix milliseconds; now unless given. The registry bounds it by its clock, see `TimeBound`. */
export const time = (): NumberField<false> => numberField(false, 'now', {});

export const flag = (initial: boolean): FlagField => ({
  kind: 'flag',
  required: false,
  initial,
});

export const choice = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  initial: Words[number],
): ChoiceField<Words[number]> => ({ kind: 'choice', required: false, words, initial });

/** Text that must be given. */
export const text = (maxBytes: number, minBytes = 1): TextField<true> => ({
  kind: 'text',
  required: true,
  minBytes,
  maxBytes,
  initial: '',
});

export const hex = (maxBytes: number, minBytes = 1): HexField => ({
  kind: 'hex',
  required: true,
  minBytes,
  maxBytes,
});

export const list = <Item extends ListItem>(item: Item, maxItems: number): ListField<Item> => ({
  kind: 'list',
  required: false,
  item,
  maxItems,
});

export const record = <const Fields extends FieldTable>(fields: Fields): RecordField<Fields> => ({
  kind: 'record',
  fields,
});

export const optional = <Inner extends OptionalInner>(field: Inner): OptionalField<Inner> => ({
  kind: 'optional',
  required: false,
  field,
});

/*
 * Types are made by going through a table's own keys, so that editors find the comments of its fields.
 */

type Simplify<T> = { [K in keyof T]: T[K] };
type OptionalKeys<F> = { [K in keyof F]: F[K] extends OptionalField ? K : never }[keyof F];

/** The type of a field's value. */
export type ValueOf<F> = F extends NumberField
  ? number
  : F extends FlagField
    ? boolean
    : F extends ChoiceField<infer Word>
      ? Word
      : F extends TextField | HexField
        ? string
        : F extends ListField<infer Item>
          ? readonly ValueOf<Item>[]
          : F extends { readonly kind: 'record'; readonly fields: infer Fields }
            ? ValuesOf<Fields>
            : F extends OptionalField<infer Inner>
              ? ValueOf<Inner>
              : never;

/** The type of a whole table's values. */
export type ValuesOf<F> = Simplify<
  { readonly [K in keyof F as K extends OptionalKeys<F> ? never : K]: ValueOf<F[K]> } & {
    readonly [K in keyof F as K extends OptionalKeys<F> ? K : never]?: ValueOf<F[K]> | undefined;
  }
>;

type MustBeGiven<F> = F extends { readonly required: infer Required }
  ? Required extends true
    ? true
    : false
  : F extends { readonly kind: 'record'; readonly fields: infer Fields }
    ? true extends { [K in keyof Fields]: MustBeGiven<Fields[K]> }[keyof Fields]
      ? true
      : false
    : false;
type GivenKeys<F> = { [K in keyof F]: MustBeGiven<F[K]> extends true ? K : never }[keyof F];

/** The type of what a caller may give for a field: everything with a default may be left out. */
export type InputOf<F> = F extends HexField
  ? string | Uint8Array
  : F extends ListField<infer Item>
    ? readonly InputOf<Item>[]
    : F extends { readonly kind: 'record'; readonly fields: infer Fields }
      ? InputsOf<Fields>
      : F extends OptionalField<infer Inner>
        ? InputOf<Inner>
        : ValueOf<F>;

/** The type of what a caller may give for a whole table. */
export type InputsOf<F> = Simplify<
  { readonly [K in keyof F as K extends GivenKeys<F> ? K : never]: InputOf<F[K]> } & {
    readonly [K in keyof F as K extends GivenKeys<F> ? never : K]?: InputOf<F[K]> | undefined;
  }
>;
