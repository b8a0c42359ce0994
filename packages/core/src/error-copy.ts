import * as connectionErrors from './connection-errors.js';
import { isA, messageOf } from './error-of.js';
import * as errors from './errors.js';
import * as replicaErrors from './replica-errors.js';
import * as storeErrors from './store-error.js';
import { exactJson, fromExactJson } from './exact-json.js';

/**
 * Turns an error into bytes from which another thread makes the same: its class, code, message, what else
 * it tells, and its causes. Of an error of others' the name, code and message.
 *
 * @param mostBytes - what takes more goes without its details and causes, its message cut
 */
export function packedError(error: unknown, mostBytes: number): Buffer {
  let bytes: Buffer | undefined;
  try {
    bytes = Buffer.from(exactJson(dataOf(error, 0)));
  } catch {
    // What it tells cannot be copied.
  }
  if (bytes !== undefined && bytes.length <= mostBytes) return bytes;
  const { name, code, message } = dataOf(error, deepest);
  const bare: ErrorData = { name, code, message: message.slice(0, shortMessage), details: [] };
  return Buffer.from(exactJson(bare));
}

/** Makes the error that `packedError` made bytes of. */
export const unpackedError = (bytes: Uint8Array): Error =>
  errorFrom(fromExactJson(Buffer.from(bytes).toString()) as ErrorData);

/** An error as plain data. */
export interface ErrorData {
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  /** What else it tells, by the names of its class. */
  readonly details: readonly (readonly [string, unknown])[];
  readonly cause?: ErrorData;
}

/** An error of the class that has its code, without what its constructor would make of arguments. */
export function errorFrom({ name, code, message, details, cause }: ErrorData): Error {
  const options = cause === undefined ? [] : [{ cause: errorFrom(cause) }];
  const errorClass = (code === undefined ? undefined : classes.get(code)) ?? natives.get(name);
  const error = Reflect.construct(Error, [message, ...options], errorClass ?? Error) as Error;
  const told: (readonly [string, unknown])[] = [...details];
  if (error.name !== name) told.push(['name', name]);
  if (code !== undefined) told.push(['code', code]);
  for (const [key, value] of told) Object.defineProperty(error, key, { value, ...plainProperty });
  return error;
}

function dataOf(thrown: unknown, depth: number): ErrorData {
  if (!isA(thrown, Error)) return { ...plain, message: messageOf(thrown) };
  const message = messageOf(thrown);
  try {
    const { name, code, cause } = thrown as { name: unknown; code?: unknown; cause?: unknown };
    return {
      name: typeof name === 'string' ? name : plain.name,
      code: typeof code === 'string' ? code : undefined,
      message,
      details: isA(thrown, errors.PanoptesError) ? detailsOf(thrown) : [],
      ...(cause === undefined || depth >= deepest ? {} : { cause: dataOf(cause, depth + 1) }),
    };
  } catch {
    return { ...plain, message };
  }
}

const detailsOf = (error: object): [string, unknown][] =>
  Object.entries(error).filter(([key]) => key !== 'name' && key !== 'code');

const plainProperty = { enumerable: true, writable: true, configurable: true };
const plain = { name: 'Error', code: undefined, details: [] } as const;
/** A chain of causes is carried no further than this; it may be a circle. */
const deepest = 4;
/** Characters of a message that goes without its details. */
const shortMessage = 2_048;

/** The language's own classes of errors by their names. */
const natives = new Map(
  [TypeError, RangeError, SyntaxError, ReferenceError].map((made) => [made.name, made] as const),
);

/** Whatever a constructor expects, this is enough for it to say its code. */
const anyArgument = { kind: 'upsert', nodeId: '', changes: 0, cause: undefined };
type ErrorClass = new (...given: unknown[]) => errors.PanoptesError;

/** The classes of errors by their codes. */
const classes = new Map(
  Object.values({ ...errors, ...connectionErrors, ...replicaErrors, ...storeErrors } as Record<
    string,
    unknown
  >).flatMap((made) => {
    const isClass = typeof made === 'function' && made.prototype instanceof errors.PanoptesError;
    if (!isClass) return [];
    const errorClass = made as ErrorClass;
    const { code } = new errorClass(anyArgument, anyArgument, anyArgument, anyArgument);
    return [[code, errorClass] as const];
  }),
);
