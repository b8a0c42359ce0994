import type { OutputLine } from '@panoptes/core/observer';
import type { ReplyKind } from '../frames.js';
import type { ProcessUse } from './process-figures.js';

/** One observer's part of what comes from a process. */
export interface ProcessChannel {
  readonly memoryLimitMb: number;
  /** Longest payload of a kind that may come just now; undefined when none may. */
  maxBytes(kind: number): number | undefined;
  /** @throws {Error} when what came breaks the rules */
  receive(kind: ReplyKind, payload: Buffer): void;
  print(stream: OutputLine['stream'], text: string): void;
  noteUse(use: ProcessUse, ageMs: number): void;
}
