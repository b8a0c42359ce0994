import type { Logger } from 'pino';
import type { OutputLine } from '../log/output-ring.js';

/**
 * What an observer prints and what its supervisor says of it, through all its incarnations: all of it
 * goes to the log, and the last of both is kept, for those who look at the observer later. What it prints
 * takes no room from what is said of it: a flood hides no crash.
 */
export class ObserverLines {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #printed: KeptLines;
  readonly #said: KeptLines;
  #count = 0;

  /**
   * @param now - Unix milliseconds
   * @param most - lines of each kind that are kept
   */
  constructor(logger: Logger, now: () => number, most: number) {
    this.#logger = logger;
    this.#now = now;
    this.#printed = new KeptLines(most);
    this.#said = new KeptLines(most);
  }

  /** Takes what it printed, as it may stand in a log. */
  print(source: OutputLine['stream'], incarnation: number, text: string): void {
    const level = source === 'stderr' ? 'warn' : 'info';
    this.#printed.add({ ...this.#next(), incarnation, source, level, text });
    this.#logger[level]({ incarnation, stream: source }, text);
  }

  /** Takes what its supervisor says of an incarnation, as it may stand in a log. */
  say(level: ObserverLine['level'], fields: LineFields, text: string): void {
    const { incarnation, stack } = fields;
    const whole = stack === undefined ? text : `${text}\n${stack}`;
    this.#said.add({ ...this.#next(), incarnation, source: 'supervisor', level, text: whole });
    this.#logger[level](fields, text);
  }

  /** Those that are kept, oldest first. */
  list(): ObserverLine[] {
    const lines = [...this.#said.list, ...this.#printed.list];
    return lines.sort((a, b) => a.number - b.number);
  }

  #next(): Pick<ObserverLine, 'number' | 'at'> {
    return { number: ++this.#count, at: this.#now() };
  }
}

/** Something that an observer printed at once, or that its supervisor said of it. */
export interface ObserverLine {
  /** Counts all lines of the observer, from 1: those that are missing in between have made room. */
  readonly number: number;
  /** When it was said, or read from the observer's thread, in Unix milliseconds. */
  readonly at: number;
  readonly incarnation: number;
  readonly source: OutputLine['stream'] | 'supervisor';
  /** What it prints on stderr is a warning. */
  readonly level: 'info' | 'warn' | 'error';
  /**
   * One line or several, with keys cut and what a terminal would obey written as in `\u001b`. At most 4,096
   * characters; what was longer ends with `…`.
   */
  readonly text: string;
}

/** What a line in the log says beside its text. */
interface LineFields extends Readonly<Record<string, unknown>> {
  readonly incarnation: number;
  /** Where an error was thrown, as it may stand in a log. */
  readonly stack?: string;
}

/** The last lines, a bounded number of bounded length. */
class KeptLines {
  readonly list: ObserverLine[] = [];
  readonly #most: number;
  #chars = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(line: ObserverLine): void {
    if (this.#most === 0) return;
    const text = cut(line.text);
    this.list.push(Object.freeze({ ...line, text }));
    this.#chars += text.length;
    while (this.#isOver) this.#chars -= this.list.shift()!.text.length;
  }

  /** The newest one has its place, however long it is. */
  get #isOver(): boolean {
    const { length } = this.list;
    return length > this.#most || (length > 1 && this.#chars > this.#most * usualChars);
  }
}

/** Characters of a line that are kept. */
const maxLineChars = 4_096;
/** Characters that a line takes on average; where they are longer, fewer are kept. */
const usualChars = 160;

/** A part of a text would keep all of it in memory: it is copied. */
const cut = (text: string): string =>
  text.length <= maxLineChars
    ? text
    : `${Buffer.from(text.slice(0, maxLineChars - 1)).toString()}…`;
