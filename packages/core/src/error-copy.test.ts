import { describe, expect, it } from 'vitest';
import * as connectionErrors from './connection-errors.js';
import { packedError, unpackedError } from './error-copy.js';
import * as errors from './errors.js';

const copyOf = (error: unknown, mostBytes = 65_536): Error =>
  unpackedError(packedError(error, mostBytes));

const command = { kind: 'upsert', nodeId: undefined, changes: 3 } as const;
const samples: errors.PanoptesError[] = [
  new errors.PeerValidationError('links[2].type', 'text', 5),
  new errors.RateLimitError('slower', Infinity),
  new errors.BatchError('change 1 is refused', undefined, {
    cause: new errors.DidError('no DID', { cause: new TypeError('not at all') }),
  }),
  new errors.ObserverVetoError('guard', 'why', { list: [1, null], nested: { a: 'b' } }, command),
  new errors.VoteFailedError('guard', command, { cause: new Error('gone') }),
  new connectionErrors.ConnectionClosedError('closed'),
  new errors.ObserverLimitError(3, 2),
];

describe('an error of which another thread gets a copy', () => {
  it.each(samples)('is the same there: $name', (error) => {
    const copy = copyOf(error);
    expect(copy).toBeInstanceOf(error.constructor);
    expect(copy).toBeInstanceOf(errors.PanoptesError);
    expect(copy).toEqual(error);
    expect(Object.keys(copy).sort()).toEqual(Object.keys(error).sort());
    expect(copy.stack).toContain(error.message);
    if (error.cause !== undefined) {
      expect(copy.cause).toBeInstanceOf((error.cause as Error).constructor as typeof Error);
    }
  });

  it('has its class, whichever of all that there are', () => {
    const classes = Object.entries({ ...errors, ...connectionErrors }).filter(
      ([name]) => name.endsWith('Error') && name !== 'PanoptesError',
    ) as unknown as [string, new (...given: unknown[]) => errors.PanoptesError][];
    expect(classes.length).toBeGreaterThan(25);
    for (const [name, errorClass] of classes) {
      const error = new errorClass(command, command, command, command);
      const copy = copyOf(error);
      expect(Object.getPrototypeOf(copy), name).toBe(errorClass.prototype);
      expect(copy).toMatchObject({ code: error.code, name });
    }
  });

  it('keeps name, code and message of an error of others’, and is one if none was thrown', () => {
    class Other extends Error {
      override readonly name = 'Other';
      readonly code = 'ODD';
      readonly secret = () => 1;
    }
    expect(copyOf(new Other('mine'))).toMatchObject({
      name: 'Other',
      code: 'ODD',
      message: 'mine',
    });
    expect(copyOf('a text')).toMatchObject({ name: 'Error', message: 'a text' });
    const trap = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('trap');
      },
    });
    expect(copyOf(trap).message).toContain('cannot be read');
  });

  it('is short of what is too long or cannot be copied, and never in a circle', () => {
    const long = new errors.ObserverVetoError('g', 'x'.repeat(5_000), 'y'.repeat(80_000), command);
    const copy = copyOf(long);
    expect(copy).toBeInstanceOf(errors.ObserverVetoError);
    expect(copy.message).toBe(long.message.slice(0, 2_048));
    expect(packedError(long, 65_536).length).toBeLessThan(8_192);
    const odd = new errors.ObserverVetoError('g', 'why', () => 1, command);
    expect(copyOf(odd)).toMatchObject({ code: 'OBSERVER_VETO', message: odd.message });
    const circle = new errors.PeerUpdateError('round');
    Object.defineProperty(circle, 'cause', { value: circle });
    expect(copyOf(circle)).toMatchObject({ cause: { cause: { message: 'round' } } });
  });
});
