import type { figures } from '@panoptes/core';
import type { watchedFigures } from './watched-figures.js';

/**
 * Under which name Prometheus gets each figure, as its conventions want: base units, `_total` behind a
 * counter, one name for all quantiles of what was measured. What a figure says stands in its table.
 *
 * https://prometheus.io/docs/practices/naming/
 */
export const metricNames: MetricNames = {
  registry: {
    committed: 'panoptes_commits_total',
    added: 'panoptes_peers_added_total',
    updated: 'panoptes_peers_updated_total',
    removed: 'panoptes_peers_removed_total',
    evicted: 'panoptes_peers_evicted_total',
    expired: 'panoptes_peers_expired_total',
    unchanged: 'panoptes_commands_unchanged_total',
    rejected: 'panoptes_commands_rejected_total',
    vetoed: 'panoptes_transactions_vetoed_total',
    voteFailed: 'panoptes_transactions_vote_failed_total',
    proceededWithout: 'panoptes_transactions_proceeded_without_vote_total',
    commitMs: 'panoptes_commit_duration_seconds',
  },
  log: {
    lastSeq: 'panoptes_log_last_seq',
    capacityBytes: 'panoptes_log_capacity_bytes',
    writtenBytes: 'panoptes_log_written_bytes_total',
    waits: 'panoptes_log_waits_total',
    waitedMs: 'panoptes_log_waited_seconds_total',
    passed: 'panoptes_log_observers_overtaken_total',
  },
  observers: {
    registeredAt: 'panoptes_observer_registered_timestamp_seconds',
    lastActivityAt: 'panoptes_observer_last_activity_timestamp_seconds',
    pausedAt: 'panoptes_observer_paused_timestamp_seconds',
    incarnation: 'panoptes_observer_incarnation',
    cursor: 'panoptes_observer_cursor_seq',
    lag: 'panoptes_observer_lag_transactions',
    delivered: 'panoptes_observer_transactions_total',
    failed: 'panoptes_observer_failures_total',
    resyncs: 'panoptes_observer_resyncs_total',
    resumes: 'panoptes_observer_resumes_total',
    restarts: 'panoptes_observer_restarts_total',
    deadLetters: 'panoptes_observer_dead_letters_total',
    handlerMs: 'panoptes_observer_handler_duration_seconds',
    utilization: 'panoptes_observer_utilization_ratio',
    heapBytes: 'panoptes_observer_heap_bytes',
    externalBytes: 'panoptes_observer_external_memory_bytes',
    outputLost: 'panoptes_observer_output_lines_lost_total',
    messagesDropped: 'panoptes_observer_messages_dropped_total',
  },
  votes: {
    votes: 'panoptes_observer_votes_total',
    vetoes: 'panoptes_observer_vetoes_total',
    timeouts: 'panoptes_observer_vote_timeouts_total',
    failures: 'panoptes_observer_vote_failures_total',
    proceededWithout: 'panoptes_observer_votes_proceeded_without_total',
    refusedWithout: 'panoptes_observer_votes_refused_without_total',
    late: 'panoptes_observer_votes_late_total',
    unknown: 'panoptes_observer_votes_unknown_total',
    double: 'panoptes_observer_votes_double_total',
    posthumous: 'panoptes_observer_votes_posthumous_total',
    latencyMs: 'panoptes_observer_vote_latency_seconds',
  },
  commands: {
    sent: 'panoptes_observer_commands_total',
    refused: 'panoptes_observer_commands_refused_total',
    dropped: 'panoptes_observer_commands_dropped_total',
  },
  supervisor: {
    evicted: 'panoptes_observers_evicted_total',
    zombies: 'panoptes_zombie_threads',
    deadLetters: 'panoptes_dead_letters_total',
  },
  store: {
    durableSeq: 'panoptes_store_durable_seq',
    unsynced: 'panoptes_store_unsynced_transactions',
    syncMs: 'panoptes_store_sync_duration_seconds',
    bytesOnDisk: 'panoptes_store_size_bytes',
    historyFrom: 'panoptes_store_history_first_seq',
  },
  replica: {
    follows: 'panoptes_replica_following',
    lag: 'panoptes_replica_lag_transactions',
    lagMs: 'panoptes_replica_lag_seconds',
  },
  watched: {
    peers: 'panoptes_peers',
    maxPeers: 'panoptes_peers_limit',
    authenticated: 'panoptes_peers_authenticated',
    dht: 'panoptes_peers_in_dht',
    waiting: 'panoptes_commands_waiting',
    connections: 'panoptes_caller_connections',
    epoch: 'panoptes_registry_epoch',
    observers: 'panoptes_observers',
    maxObservers: 'panoptes_observers_limit',
    omitted: 'panoptes_observers_omitted',
  },
};

/** A name for each figure of each table; one for those that are quantiles of the same. */
type MetricNames = {
  readonly [Group in keyof Tables]: Readonly<Record<KeyOf<Tables[Group][number]>, string>>;
};
type Tables = typeof figures & { readonly watched: typeof watchedFigures };
type KeyOf<One> = One extends { readonly quantile: { readonly of: infer Of extends string } }
  ? Of
  : One extends { readonly id: infer Id extends string }
    ? Id
    : never;
