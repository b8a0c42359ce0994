import {
  type ObserverMetrics,
  type ObserverStats,
  figures,
  isA,
  messageOf,
  PanoptesError,
} from '@panoptes/core';
import { observerId } from '../metrics/observer-label.js';

/**
 * Makes lines of the table of observers, as they are sent: the figures that are described, and what has words.
 *
 * @param protectedNames - of observers to which nothing can be done
 */
export function observerRows(protectedNames: readonly string[]): (stats: ObserverStats) => object {
  const kept = new Set(protectedNames);
  return (stats) => ({ ...observerRow(stats), isProtected: kept.has(stats.name) });
}

function observerRow(stats: ObserverStats): object {
  const { name, role, host, state, hasMetrics, votes, commands, lastError } = stats;
  return {
    id: observerId(name),
    ...{ name, role, host, state, hasMetrics },
    ...Object.fromEntries(figures.observers.map(({ id }) => [id, stats[id]])),
    ...{ votes: votes ?? null, commands },
    lastError: lastError === undefined ? null : errorRow(lastError),
  };
}

/** An error, as it is sent: what observers throw is cut. */
export function errorRow(error: Error): object {
  const code = isA(error, PanoptesError) ? error.code : null;
  return { code, message: messageOf(error).slice(0, longestMessage) };
}

/** An observer's own figures, as they are sent. */
export function metricsRow({ seq, incarnation, readings }: ObserverMetrics): object {
  const rows = readings.map(({ error, value = null, ...figure }) => {
    return { ...figure, value, error: error === undefined ? null : errorRow(error) };
  });
  return { seq, incarnation, readings: rows };
}

/** Characters of a message that are sent. */
const longestMessage = 500;
