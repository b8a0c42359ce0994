import { ConfigError } from '@panoptes/core';
import { type Command, Option } from 'commander';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { runOnCluster } from '../sweep/cluster-sweep.js';
import { sweepFiles } from '../sweep/sweep-files.js';
import type { SweepPoint } from '../sweep/sweep-plan.js';
import type { SweepRunDeps, SweepRunOptions } from '../sweep/sweep-run.js';
import { WorkerWatch } from '../sweep/worker-watch.js';
import { parseDuration } from '../time/duration.js';
import {
  type ClusterFlags,
  addClusterFlags,
  clusterServers,
  loadCluster,
} from './cluster-flags.js';
import { writeAside } from './print.js';
import { throwInFlags } from './stream-flags.js';
import type { Terminal } from './terminal.js';

/** Adds what lets a sweep have its runs done on other machines. */
export const addSweepCluster = (command: Command): Command =>
  addClusterFlags(command, 'have workers do the runs (see: panoptes worker)').addOption(
    new Option(
      '--lease <time>',
      `how long a worker may be silent before its run is given to another (default: ${usualLease})`,
    ).argParser((text) => parseDuration(text, '--lease')),
  );

/** What a sweep may be told of a cluster. */
export interface SweepClusterFlags extends ClusterFlags {
  readonly lease?: number;
  readonly threads?: number;
  readonly fresh: boolean;
  readonly out: string;
}

/** Does the runs of a sweep. */
export type RunAway = (options: SweepRunOptions, deps: SweepRunDeps) => Promise<void>;

/**
 * Prepares what a sweep sends to workers.
 *
 * @param name - of the scenario
 * @returns undefined without `--cluster`
 * @throws {ConfigError} when a flag is of no use, or the package of clusters is not installed
 * @throws {ScenarioError} when workers could not have what the scenario needs
 */
export async function sweepAway(
  terminal: Terminal,
  flags: SweepClusterFlags,
  { name, source, points }: SweptScenario,
): Promise<RunAway | undefined> {
  const { lease = parseDuration(usualLease, '--lease'), threads, fresh: isFresh, out } = flags;
  const servers = clusterServers(flags, terminal.env);
  if (servers === undefined) {
    if (flags.lease === undefined) return undefined;
    throw new ConfigError('--lease: expected it with --cluster');
  }
  if (threads !== undefined) {
    throw new ConfigError('--threads: expected none with --cluster: workers have --slots');
  }
  if (lease < leastLeaseMs || lease > mostLeaseMs) {
    throw new ConfigError('--lease: expected a time from 1s to 1h');
  }
  const { connectWork } = await loadCluster('--cluster');
  const files = await sweepFiles(source, points);
  return async (options, deps) => {
    const say = (sentence: string): void => writeAside(terminal, `panoptes: ${sentence}\n`);
    const server = await connectWork(servers, 'panoptes-sweep').catch(throwInFlags);
    const remedy = `panoptes worker --cluster ${flags.cluster!.servers.join(',')}`;
    const watch = new WorkerWatch(deps.clock, say, remedy);
    server.onAway((isAway) => {
      say(isAway ? 'the servers do not answer; the sweep waits' : 'the servers are back');
      watch.restart();
    });
    try {
      await runOnCluster(
        { ...options, name, files, out, isFresh, leaseMs: lease },
        { ...deps, server, watch },
      );
    } finally {
      await server.close();
    }
  };
}

interface SweptScenario {
  readonly name: string;
  readonly source: ScenarioSource;
  readonly points: readonly SweepPoint[];
}

const usualLease = '15s';
const leastLeaseMs = 1_000;
const mostLeaseMs = 3_600_000;
