import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import v8 from 'node:v8';
import threads from 'node:worker_threads';
import { IsolationError } from '@panoptes/core/observer';
import { OwnDescriptors } from './own-descriptors.js';

/**
 * Takes away from an observer's code what reaches beyond it, whether it runs on a thread or in a process: V8's
 * flags, the priority of the process, descriptors that others opened, a debugger's door. Comes last of
 * what contains it.
 */
export function containCode(): void {
  const inspector = builtin('inspector') as { open: unknown } | undefined;
  if (inspector !== undefined) {
    refuse(inspector, 'open', 'open a debugger, to whom any program might connect');
  }
  refuse(v8, 'setFlagsFromString', 'set flags of V8, which are those of its whole process');
  refuse(process, 'binding', "use the runtime's internal bindings");
  refuse(process, '_linkedBinding', "use the runtime's internal bindings");
  keepPriority();
  new OwnDescriptors().guard(fs);
  syncBuiltinESMExports();
}

/** Has it start no threads of its own, on which none of this would hold. */
export function refuseThreads(): void {
  refuse(
    threads,
    'Worker',
    'start threads of its own, whose memory and loops nobody would watch; ' +
      'register it with ownThreads: true to allow it',
  );
  syncBuiltinESMExports();
}

/** Puts in place of a function one that throws. */
export function refuse(owner: object, name: string, what: string): void {
  if (!(name in owner)) return;
  // No arrow: it may be called with `new`.
  const refused = function (): never {
    throw new IsolationError(`an observer cannot ${what}`);
  };
  Object.defineProperty(owner, name, { value: refused, configurable: true, writable: true });
}

/** A module of the runtime's that not every build of it has. */
export function builtin(name: string): unknown {
  try {
    return process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/** Children's may be set; this process's is that of the registry, or was given to it by the registry. */
function keepPriority(): void {
  const { setPriority } = os;
  os.setPriority = (...args: [number, number?]): void => {
    const pid = args.length < 2 ? 0 : args[0];
    if (pid === 0 || pid === process.pid) {
      throw new IsolationError('an observer cannot set the priority of its process');
    }
    setPriority(...(args as [number, number]));
  };
}
