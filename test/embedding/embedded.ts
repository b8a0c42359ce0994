import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a program is to do, beside running one observer. */
export interface Embedding {
  /** Before the program's name. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The program. Default: the fixture as it stands. */
  readonly program?: string;
  /** The observer's module. Default: the small one. */
  readonly module?: string;
  readonly workerEntry?: string;
  readonly relayEntry?: string;
  readonly processEntry?: string;
  /** Where the observer runs, and how. Default: on a thread. */
  readonly terms?: object;
  /** Where it is started. */
  readonly cwd?: string;
  /** Queries to ask, with their arguments. */
  readonly ask?: readonly (readonly [query: string, ...args: string[]])[];
}

const run = promisify(execFile);
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The program that runs one observer and prints what that answers. */
export const embeddedProgram = fixture('embedded-program.mjs');
/** The observer that it runs. */
export const smallObserver = new URL('../fixtures/small.observer.mjs', import.meta.url).href;

/**
 * Runs a registry with an observer in a process of its own.
 *
 * @returns what it printed: the answers by query, or code and message of what went wrong
 */
export async function embed(embedding: Embedding): Promise<unknown> {
  const { flags = [], env = {}, program = embeddedProgram, module = smallObserver } = embedding;
  const { workerEntry, relayEntry, processEntry, terms, ask, cwd } = embedding;
  const { stdout } = await run(process.execPath, [...flags, program], {
    env: {
      ...process.env,
      // What a package manager adds to the places where modules are looked for.
      NODE_PATH: '',
      ...env,
      EMBEDDED: JSON.stringify({
        module,
        entries: { workerEntry, relayEntry, processEntry },
        terms,
        ask,
      }),
    },
    cwd,
    timeout: 100_000,
  });
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? 'null') as unknown;
}
