import { emitKeypressEvents } from 'node:readline';
import type { Key } from './top-view.js';

/**
 * The alternate screen of a terminal, and its keys. What was on the terminal before is there again when
 * it is left, as is the cursor.
 *
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export class AlternateScreen {
  readonly #stdin: ScreenInput;
  readonly #stdout: ScreenOutput;
  readonly #onKey: (text: string | undefined, key: Key) => void;
  readonly #onResize: () => void;
  #isLeft = false;

  constructor(
    stdin: ScreenInput,
    stdout: ScreenOutput,
    { onKey, onResize }: { readonly onKey: (key: Key) => void; readonly onResize: () => void },
  ) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#onKey = (text, key) => onKey({ ...key, sequence: key.sequence ?? text });
    this.#onResize = onResize;
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.on('keypress', this.#onKey);
    stdin.resume();
    stdout.on('resize', this.#onResize);
    // However the process ends.
    process.once('exit', this.leave);
    stdout.write(enter);
  }

  /**
   * Rows and columns; those of old terminals where it does not say. The last column is left free: to clear the
   * rest of a line behind it would clear what is in it.
   */
  get room(): { readonly rows: number; readonly columns: number } {
    return { rows: this.#stdout.rows || 24, columns: (this.#stdout.columns || 80) - 1 };
  }

  /** Shows these lines in place of what is there, at once: nothing is cleared before it is written over. */
  show(lines: readonly string[]): void {
    // A slow terminal misses what comes meanwhile.
    if (this.#isLeft || this.#stdout.writableNeedDrain) return;
    this.#stdout.write(`${begin}${home}${lines.join(`${clearLine}\r\n`)}${clearBelow}${end}`);
  }

  readonly leave = (): void => {
    if (this.#isLeft) return;
    this.#isLeft = true;
    process.off('exit', this.leave);
    this.#stdout.off('resize', this.#onResize);
    this.#stdin.off('keypress', this.#onKey);
    this.#stdin.setRawMode(false);
    this.#stdin.pause();
    this.#stdout.write(leave);
  };
}

/** A terminal's keys. */
export type ScreenInput = Pick<
  NodeJS.ReadStream,
  'setRawMode' | 'on' | 'off' | 'resume' | 'pause' | 'isTTY'
> &
  NodeJS.ReadableStream;
/** What a terminal shows. */
export type ScreenOutput = Pick<
  NodeJS.WriteStream,
  'write' | 'on' | 'off' | 'rows' | 'columns' | 'isTTY' | 'writableNeedDrain'
>;

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[K\u001b[J';
/** What is between them is shown at once, by terminals that can. */
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';
