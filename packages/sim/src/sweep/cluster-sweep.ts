import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type SweepJob, jsonBytes, ownRelease, sha256 } from './sweep-job.js';
import { type ClusterSweepDeps, type ClusterSweepOptions, SharedSweep } from './shared-sweep.js';

/**
 * Has workers on other machines run what the journal does not hold yet, and keeps each result as it comes. What
 * workers did while nobody waited for it is taken first. In the end nothing is left on the servers; after an
 * interruption, results that come late and the files are, for when the sweep goes on.
 *
 * @throws {StoreError} when the servers do not do what is needed
 */
export async function runOnCluster(
  options: ClusterSweepOptions,
  deps: ClusterSweepDeps,
): Promise<void> {
  const { server, signal } = deps;
  const job = jsonBytes(jobOf(options));
  const id = workId(sha256(job), options.out);
  const { leaseMs, isFresh } = options;
  const offer = server.offer(id, job, { leaseMs, replicas: 1, signal });
  const sweep = new SharedSweep(offer, sha256(job), options, deps);
  try {
    if (isFresh) await offer.remove();
    await sweep.run();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  // The servers may be gone: what is left there is gone after a week.
  const late = new AbortController();
  const cancel = deps.clock.after(endMs, () => late.abort());
  try {
    await (signal.aborted ? offer.withdraw(late.signal) : offer.remove(late.signal));
  } catch (error) {
    if (!late.signal.aborted) throw error;
    deps.watch.say('the servers did not answer: what is left there is removed after a week');
  } finally {
    cancel();
  }
}

/** Two sweeps of the same are apart when their results are kept apart. */
const workId = (job: string, out: string): string =>
  sha256(JSON.stringify([job, hostname(), resolve(out)])).slice(0, 32);

function jobOf({ name, source, reading, timeLimitMs, files }: ClusterSweepOptions): SweepJob {
  const { root, scenario, hasCode } = files;
  return {
    schema: 'panoptes.sweep-job/1',
    ...ownRelease,
    ...{ name, file: source.file, scenario, overrides: [...source.overrides] },
    ...{ reading, timeLimitMs, root, files: [...files.files], hasCode },
  };
}

/** How long the servers may take in the end. */
const endMs = 5_000;
