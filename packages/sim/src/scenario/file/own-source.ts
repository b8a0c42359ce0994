import { ConfigError, boundedJson, messageOf, ownRecord, parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { mostScenarioBytes } from './scenario-document.js';
import type { ScenarioSource } from './scenario-file.js';

/**
 * Copies the text of a scenario that a caller hands in, and what is set in it: what was run is told in
 * the end by what it was prepared from.
 *
 * @param what - what it is, for the message
 * @throws {ConfigError} when it is none, or holds what is no data
 */
export function ownSource(given: unknown, what = 'scenario'): ScenarioSource {
  const { overrides, ...source } = parseOptions(shape, ownRecord(given, what, names), what);
  const own = overrides.map(({ key, value }, at) => ({
    key,
    value: ownValue(value, `option 'overrides.${at}.value'`),
  }));
  return { ...source, overrides: own };
}

/** Longest path of a file, and longest key, in characters. */
const longest = 4_096;

const shape = z.strictObject({
  file: z.string().max(longest),
  text: z.string(),
  overrides: z.array(
    z.strictObject({ key: z.string().max(longest), value: z.unknown().optional() }),
  ),
});

const names = Object.keys(shape.shape);

/** No value of a scenario is as deep, and who goes through one goes level by level. */
const mostLevels = 64;

function ownValue(given: unknown, where: string): unknown {
  let value: unknown;
  try {
    value = structuredClone(given);
    // A list of nothing but holes is short only until it is gone through.
    boundedJson(value, mostScenarioBytes);
  } catch (cause) {
    throw new ConfigError(`${where}: expected plain data: ${messageOf(cause)}`, { cause });
  }
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= mostLevels) {
      throw new ConfigError(`${where}: expected at most ${mostLevels} levels, got more`);
    }
    level = [...new Set(level.flatMap(valuesIn))];
  }
  return value;
}

const valuesIn = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
    ? Object.values(value).filter((inner) => typeof inner === 'object')
    : [];
