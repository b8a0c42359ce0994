import { availableParallelism, totalmem } from 'node:os';
import { messageOf } from '@panoptes/core';
import { builtIn, builtInNames, sandboxSupport } from '@panoptes/workers';
import type { Command } from 'commander';
import type { Screen } from '../report/screen.js';
import { exitCodes } from './exit-codes.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes doctor`: looks whether this machine can run Panoptes. */
export function addDoctor(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('doctor')
    .summary('look whether this machine can run Panoptes')
    .description('Looks at Node, cores, memory and the sandbox, and starts each observer once.')
    .option('--json', 'print one JSON document', false)
    .action(async ({ json }: { json: boolean }) => {
      const diagnoses = [...aboutMachine(), aboutSandbox(), await aboutObservers(terminal)];
      print(terminal, { schema: 'panoptes.doctor/1', diagnoses }, formatDiagnoses, json);
      exit(diagnoses.some(({ state }) => state === 'bad') ? exitCodes.fail : exitCodes.pass);
    });
}

/** The result of one check. */
interface Diagnosis {
  readonly what: string;
  /** `bad`: nothing will run. `weak`: it will, but not as well as it could. */
  readonly state: 'good' | 'weak' | 'bad';
  readonly found: string;
}

/** The oldest Node that everything was tried on. */
const oldestNode = [20, 19] as const;
const fewCores = 2;
const littleMemory = 2 * 2 ** 30;

function formatDiagnoses(
  { diagnoses }: { readonly diagnoses: readonly Diagnosis[] },
  { colors }: Screen,
): string {
  const mark = {
    good: colors.green('good'),
    weak: colors.yellow('weak'),
    bad: colors.red('bad '),
  };
  return diagnoses.map(({ what, state, found }) => `${mark[state]}  ${what}: ${found}\n`).join('');
}

function aboutMachine(): Diagnosis[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const cores = availableParallelism();
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    {
      what: 'Node',
      state: isNew ? 'good' : 'bad',
      found: `${process.version}; ${oldestNode.join('.')} or newer is needed`,
    },
    {
      what: 'cores',
      state: cores >= fewCores ? 'good' : 'weak',
      found: `${cores}; with fewer than ${fewCores} observers take turns with the registry`,
    },
    {
      what: 'memory',
      state: totalmem() >= littleMemory ? 'good' : 'weak',
      found: `${gib(totalmem())}; a thread takes about 10 MiB, a peer about 2 KiB`,
    },
  ];
}

/** Whether observers in processes can be held to what they are granted, and to no network. */
function aboutSandbox({ sandbox, network } = sandboxSupport()): Diagnosis {
  const found = !sandbox
    ? 'none; it takes Node 22.13 or newer to refuse what is not granted to an observer’s process'
    : network
      ? 'files, programs, threads, native code and the network can be refused to an observer’s process'
      : 'files, programs, threads and native code can be refused to an observer’s process; ' +
        'the network cannot, which takes Node 25 or newer';
  return { what: 'sandbox', state: network ? 'good' : 'weak', found };
}

/** Starts every built-in observer on a thread, and asks each for a digest. */
async function aboutObservers({ openRegistry, clock }: Terminal): Promise<Diagnosis> {
  const what = 'observers on threads';
  const startedAt = clock.monotonic();
  try {
    const registry = await openRegistry({ clock, observers: builtInNames.length });
    try {
      for (const kind of builtInNames) {
        const port = await registry.registerObserver({
          module: builtIn(kind),
          name: kind,
          onLag: 'block',
        });
        await port.digest();
      }
    } finally {
      await registry.close();
    }
    const ms = Math.round(clock.monotonic() - startedAt);
    return { what, state: 'good', found: `${builtInNames.join(', ')} answer (${ms} ms)` };
  } catch (error) {
    return { what, state: 'bad', found: messageOf(error) };
  }
}
