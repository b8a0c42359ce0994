import { ProcessExit, lastWordsMark } from '../frames.js';
import type { ProcessEnd } from './relay-request.js';

/** What a process writes to its standard error: what it prints there, and what it ended by, if it can say so. */
export class ChildErrors {
  readonly #print: (text: string) => void;
  readonly #lastLines: string[] = [];
  #lastWords: string | undefined;
  #isEmptyLineHeld = false;

  /** @param print - gets each line but the last words */
  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** Takes a line. */
  hear(text: string): void {
    if (text.startsWith(lastWordsMark)) {
      this.#lastWords = text.slice(lastWordsMark.length);
      return;
    }
    this.#lastLines.push(text);
    if (this.#lastLines.length > lastLinesKept) this.#lastLines.shift();
    // The mark begins a line of its own, whatever stood before it: an empty one may be part of it.
    if (this.#isEmptyLineHeld) this.#print('\n');
    this.#isEmptyLineHeld = text === '\n';
    if (!this.#isEmptyLineHeld) this.#print(text);
  }

  /** Says more of how a process has ended, as far as it has said more itself. */
  explained(end: ProcessEnd): ProcessEnd {
    const ownEnd = ownEnds.get(end.code);
    if (ownEnd !== undefined && this.#lastWords !== undefined) {
      return { code: ownEnd, message: undefined, lastWords: this.#lastWords };
    }
    const said = this.#lastLines.join('').trim();
    const wasAborted = end.code === 'signal-SIGABRT' || end.code === 'exit-134';
    const code = wasAborted && said.includes('heap out of memory') ? 'memory' : end.code;
    const message = said === '' ? undefined : `it printed at last: ${said.slice(-maxSaid)}`;
    return { code, message };
  }
}

/** What it means that a process has ended by itself and said why. */
const ownEnds: ReadonlyMap<string, string> = new Map([
  [`exit-${ProcessExit.error}`, 'error'],
  [`exit-${ProcessExit.protocol}`, 'protocol'],
]);

/** Lines of what it printed last, and most characters of that. */
const lastLinesKept = 40;
const maxSaid = 4_096;
