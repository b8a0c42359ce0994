/** Shows what is being measured. */
export interface BenchProgress {
  show(what: string): void;
  /** Clears what is shown. */
  stop(): void;
}

const clearLine = '\r\x1b[K';

/** One line that changes, on a terminal; nothing where the stream is none. */
export function showBenchProgress(stream: NodeJS.WriteStream): BenchProgress {
  if (!stream.isTTY) return { show: () => undefined, stop: () => undefined };
  return {
    show: (what) => void stream.write(`${clearLine}${what.slice(0, stream.columns - 1)}`),
    stop: () => void stream.write(clearLine),
  };
}
