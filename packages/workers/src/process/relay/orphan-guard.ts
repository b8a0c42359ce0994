import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Ends processes of observers when this process has ended without ending them: killed, or crashed. One
 * that is well ends by itself then, for its pipes have; one that is stuck in a loop would run for ever.
 *
 * A shell holds the end of a pipe, and knows the process groups. When nobody holds the other end, it
 * kills them. A process that is stopped still holds it, and finds all of them when it goes on.
 */
export class OrphanGuard {
  readonly #shell: ChildProcess | undefined;
  readonly #ended: Promise<void>;

  constructor() {
    if (process.platform === 'win32') {
      this.#ended = Promise.resolve();
      return;
    }
    // In a group of its own, and without a terminal: what ends this process's group does not end it.
    this.#shell = spawn('/bin/sh', ['-c', script], {
      detached: true,
      env: {},
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const { stdin } = this.#shell;
    // Without it processes end as far as they can by themselves.
    this.#shell.on('error', () => undefined);
    stdin!.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#shell!.on('exit', () => resolve());
      this.#shell!.on('error', () => resolve());
    });
    this.#shell.unref();
    (stdin as Writable & { unref(): void }).unref();
  }

  /** Watches over a process that leads a group. */
  add(pid: number): void {
    this.#shell?.stdin?.write(`+ ${pid}\n`);
  }

  /** It has ended. */
  remove(pid: number): void {
    this.#shell?.stdin?.write(`- ${pid}\n`);
  }

  /** Nothing is left to be watched over. Resolves when the shell has ended. */
  async close(): Promise<void> {
    this.#shell?.ref();
    this.#shell?.stdin?.end();
    await this.#ended;
  }
}

/** Keeps a list of groups, and kills those that are left when its input ends. */
const script = `
groups=''
while read -r word group; do
  case $word in
    +) groups="$groups $group" ;;
    -) left=''
       for one in $groups; do [ "$one" = "$group" ] || left="$left $one"; done
       groups=$left ;;
  esac
done
for group in $groups; do kill -9 "-$group" 2>/dev/null; done
`;
