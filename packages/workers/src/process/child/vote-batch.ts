import { Verdict, voteDetails, voteReason } from '@panoptes/core/observer';
import type { Votes } from '../../runtime/proposal-voting.js';
import { ReplyKind } from '../frames.js';
import type { ReplyChannel } from './reply-channel.js';

/** Votes of an observer in this process, which go to the registry together. */
export class VoteBatch implements Votes {
  readonly #replies: ReplyChannel;
  #votes: string[] = [];
  #bytes = 0;

  constructor(replies: ReplyChannel) {
    this.#replies = replies;
  }

  cast(number: number, verdict: Verdict, reason = '', details?: unknown): void {
    const parts = [String(number), String(verdict)];
    if (verdict !== Verdict.accept) {
      parts.push(JSON.stringify(voteReason(reason)));
      const json = voteDetails(details);
      if (json !== '') parts.push(json);
    }
    const vote = `[${parts.join(',')}]`;
    this.#votes.push(vote);
    this.#bytes += Buffer.byteLength(vote) + 1;
    if (this.#bytes >= batchBytes) this.publish();
  }

  publish(): void {
    if (this.#votes.length === 0) return;
    this.#replies.send(ReplyKind.votes, Buffer.from(`[${this.#votes.join(',')}]`));
    this.#votes = [];
    this.#bytes = 0;
  }
}

/** So many bytes of votes wait for no more. */
const batchBytes = 32 * 1024;
