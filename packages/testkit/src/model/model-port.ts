import type { ChurnEvent } from './churn-event.js';
import type { ModelFinding } from './model-observer.js';

/** The plain model, wherever it runs. */
export interface ModelPort {
  /** Takes in one more change. Returns a promise when the sender has to wait. */
  apply(change: ChurnEvent): Promise<void> | undefined;
  /**
   * Its results after all that was applied.
   *
   * @throws {ModelError} when the model has ended
   */
  account(): Promise<ModelAccount>;
  /**
   * The stamp of each peer, by node id.
   *
   * @throws {ModelError} when the model has ended
   */
  stamps(): Promise<ReadonlyMap<string, number>>;
}

/** The model's results so far. */
export interface ModelAccount {
  /** The last transaction's number. */
  readonly seq: number;
  readonly peers: number;
  /** Of the stamps of all peers; see `withPeer`. */
  readonly sum: number;
  readonly findings: ReadonlyMap<string, ModelFinding>;
}
