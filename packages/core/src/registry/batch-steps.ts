import { BatchError, ConfigError, type PanoptesError, describe } from '../errors.js';
import { textArgument } from '../peers/identity-arguments.js';
import { ownPatch } from '../peers/own-patch.js';
import type { BatchStep, BatchUpdate } from './batch-update.js';
import { type Step, updateStep } from './commands.js';
import { refusalFor } from '../peers/refusal.js';
import type { StagedEntry } from '../peers/staging.js';

/**
 * Reads the steps of a batch that a caller hands in, each part once, and encodes their entries.
 *
 * @param stage - encodes an entry
 * @param giveBack - takes the entries again when a later step is refused
 * @throws {BatchError} when it is no batch, too large, or a step of it is not one
 */
export function readSteps<Entry extends { readonly nodeId: string } = StagedEntry>(
  batch: BatchUpdate,
  maxSteps: number,
  stage: (entry: unknown) => Entry,
  giveBack: (step: Step<Entry>) => void,
): Step<Entry>[] {
  const given: unknown = (batch as BatchUpdate | null | undefined)?.steps;
  if (!Array.isArray(given)) {
    throw new BatchError(`expected a BatchUpdate, got ${describe(batch)}`, undefined);
  }
  const size: unknown = given.length;
  if (typeof size !== 'number' || !(size <= maxSteps)) {
    throw new BatchError(
      `a batch holds at most ${maxSteps} changes (maxBatchChanges), got ${describe(size)}; ` +
        `split it or raise the limit`,
      undefined,
    );
  }
  const steps: Step<Entry>[] = [];
  try {
    for (let at = 0; at < size; at++) steps.push(readStep(given[at] as BatchStep, stage));
    return steps;
  } catch (thrown) {
    for (const step of steps) giveBack(step);
    throw refusedBatch(steps.length, refusalFor(thrown));
  }
}

/** The refusal of a batch for its step at a position. */
export const refusedBatch = (position: number, cause: PanoptesError): BatchError =>
  new BatchError(`change ${position} of the batch is refused: ${cause.message}`, position, {
    cause,
  });

function readStep<Entry extends { readonly nodeId: string }>(
  step: BatchStep,
  stage: (entry: unknown) => Entry,
): Step<Entry> {
  const kind: unknown = (step as BatchStep | null | undefined)?.kind;
  switch (kind) {
    case 'upsert': {
      const entry = stage((step as BatchStep & { kind: 'upsert' }).peer);
      return { kind, nodeId: entry.nodeId, entry, allowIdentityChange: false };
    }
    case 'update': {
      const { nodeId, patch } = step as BatchStep & { kind: 'update' };
      return updateStep({ nodeId: textArgument('peerId.nodeId', nodeId) }, ownPatch(patch));
    }
    case 'remove': {
      const { nodeId } = step as BatchStep & { kind: 'remove' };
      return { kind, nodeId: textArgument('peerId.nodeId', nodeId) };
    }
    default:
      throw new ConfigError(
        `a step of a batch: expected the kind 'upsert', 'update' or 'remove', got ${describe(kind)}`,
      );
  }
}
