import os from 'node:os';
import { IsolationError } from '@panoptes/core/observer';
import { containCode, refuse } from '../../runtime/contained-code.js';
import { tellRefusals } from './refusals.js';

/**
 * Takes away from the code in an observer's process what reaches beyond it: the registry's process, by
 * signals, priority and debugger, and what `containCode` says. What it prints goes to the process's own
 * streams, which are pipes to the registry. Without a sandbox this keeps mistakes from others; in one it
 * closes what the runtime leaves open there. docs/SECURITY.md says what each holds.
 *
 * To be called before any code of the observer is loaded: what replaces a function is all that is left
 * of it, and calls nothing that other code could replace.
 */
export function containProcess(): void {
  // Types know it as always there; it is in a sandbox.
  const permissions = process.permission as typeof process.permission | undefined;
  // What an observer starts itself is its own to end. On that no sandbox holds anyway.
  const isAlone = permissions !== undefined && !permissions.has('child');
  const isBeyond = isAlone ? isNotOwn : isRegistry;
  keepSignals(isBeyond);
  keepPriorities(isBeyond);
  refuse(process, '_debugProcess', 'open the debugger of a process');
  containCode();
  if (permissions !== undefined) tellRefusals();
}

/** Through which `process.kill` goes, and any code that knows of it. */
interface Signalling {
  _kill: (pid: number, signal: number) => number;
}

function keepSignals(isBeyond: (target: number) => boolean): void {
  const signalling = process as unknown as Signalling;
  const { _kill: kill } = signalling;
  signalling._kill = (pid, signal) => {
    // As the system would read it, and once.
    const target = pid | 0;
    if (isBeyond(target) && signal !== 0) {
      throw new IsolationError('an observer cannot send signals to processes that are not its own');
    }
    return kill(target, signal);
  };
}

function keepPriorities(isBeyond: (target: number) => boolean): void {
  const { setPriority } = os;
  os.setPriority = (pid: number, priority?: number): void => {
    if (isBeyond(pid | 0)) {
      throw new IsolationError(
        'an observer cannot set the priority of processes that are not its own',
      );
    }
    setPriority(pid, priority!);
  };
}

const { pid: own, ppid: registry } = process;

/** Its own process leads a group, which is 0 as well. */
const isNotOwn = (target: number): boolean => target !== own && target !== -own && target !== 0;

/** -1 are all that there are. */
const isRegistry = (target: number): boolean =>
  target === registry || target === -registry || target === -1;
