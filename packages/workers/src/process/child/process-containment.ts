import { IsolationError } from '@panoptes/core/observer';
import { containCode } from '../../runtime/contained-code.js';

/**
 * Takes away from the code in an observer's process what reaches beyond it: signals to the registry's
 * process, and what `containCode` says. What it prints goes to the process's own streams, which are
 * pipes to the registry. This keeps mistakes from others; code that means harm is held by the
 * permissions of its process alone, for which see docs/SEMANTICS.md.
 *
 * To be called before any code of the observer is loaded.
 */
export function containProcess(): void {
  keepParent();
  containCode();
}

/** Through which `process.kill` goes, and any code that knows of it. */
interface Signalling {
  _kill: (pid: unknown, signal: number) => number;
}

function keepParent(): void {
  const signalling = process as unknown as Signalling;
  const { _kill: kill } = signalling;
  const { ppid } = process;
  signalling._kill = (pid, signal) => {
    // Its own group is that of the observer's process; -1 are all that there are.
    const isBeyond = [ppid, -ppid, -1].includes(Number(pid));
    if (isBeyond && signal !== 0) {
      throw new IsolationError("an observer cannot send signals to the registry's process");
    }
    return kill(pid, signal);
  };
}
