import { types } from 'node:util';

/**
 * What an observer's code returned: a promise of the runtime's own if it is to be waited for, and as
 * it is if not, which `types.isPromise` tells from then on. Its `then` is read once and called once,
 * for that may be the observer's code as well, and another each time.
 *
 * @throws what reading `then` throws
 */
export function settling<T>(returned: T | PromiseLike<T>): T | Promise<T> {
  if (typeof returned !== 'object' && typeof returned !== 'function') return returned;
  if (returned === null) return returned;
  // One of the runtime's own is waited for in the runtime's way, whatever was put on it.
  const { then } = (types.isPromise(returned) ? Promise.prototype : returned) as { then?: unknown };
  if (typeof then !== 'function') return returned as T;
  return new Promise<T>((resolve, reject) => {
    Reflect.apply(then, returned, [resolve, reject]);
  });
}
