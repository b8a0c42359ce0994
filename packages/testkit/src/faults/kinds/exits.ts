import type { Fault } from '../fault.js';

const wholeProcess =
  'it is aimed at the process, not at the thread; only a process of its own contains it';

/** Ways to end a thread, or the whole process. */
export const exitFaults: Readonly<Record<string, Fault>> = {
  exit: {
    family: 'ending',
    about: 'calls process.exit(3), which ends its thread',
    place: 'events',
    detectedAs: ['exit-3'],
    strike: () => process.exit(3),
  },
  'exit-clean': {
    family: 'ending',
    about: 'calls process.exit(0), which ends its thread with exit code 0',
    place: 'events',
    detectedAs: ['exit-0'],
    strike: () => process.exit(0),
  },
  'kill-process': {
    family: 'ending',
    about: 'kills the process that it is part of',
    place: 'events',
    detectedAs: ['nothing'],
    detectedInProcess: ['signal-SIGKILL'],
    uncontained: wholeProcess,
    needsProcess: wholeProcess,
    strike: () => process.kill(process.pid, 'SIGKILL'),
  },
  'native-crash': {
    family: 'ending',
    about: 'raises a segmentation fault, as a bug in native code does',
    place: 'events',
    detectedAs: ['nothing'],
    detectedInProcess: ['signal-SIGSEGV'],
    uncontained: wholeProcess,
    needsProcess: wholeProcess,
    strike: () => process.kill(process.pid, 'SIGSEGV'),
  },
};
