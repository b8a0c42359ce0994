import { ConfigError, describe, suggestion } from '@panoptes/core';
import { builtIn, builtInNames } from '@panoptes/workers';

/** A name stands for the built-in observer of that name. What is no list of some is refused by its shape. */
export function namedObservers(given: unknown): unknown {
  let own: unknown[];
  try {
    if (!Array.isArray(given) || given.length > mostNamed) return given;
    own = Array.from(given);
  } catch {
    return given;
  }
  return own.map((one, at) => {
    if (isScenarioEntry(one)) throw scenarioEntry(`observers.${at}`, one.use);
    if (typeof one !== 'string') return one;
    checkName(`observers.${at}`, one, builtInNames);
    return { name: one, module: builtIn(one as BuiltInName) };
  });
}

/** More observers than any registry takes. */
const mostNamed = 1_000;

/** As a scenario has it. */
function isScenarioEntry(one: unknown): one is { readonly use: unknown } {
  try {
    return typeof one === 'object' && one !== null && Object.hasOwn(one, 'use');
  } catch {
    // It is refused as any that cannot be read.
    return false;
  }
}

function scenarioEntry(option: string, use: unknown): ConfigError {
  const name = builtInNames.find((known) => known === use);
  const mended = `{ name: 'observer', module: builtIn('${name ?? builtInNames[0]}') }`;
  return new ConfigError(
    `option '${option}': expected the name of a built-in observer (${builtInNames.join(', ')}) or ` +
      `{ name, module, options, registration }, got { use: ${describe(use)} }, which is the form of a ` +
      `scenario; write '${name ?? builtInNames[0]}', or ${mended} to say more of it`,
  );
}

/** The name of a built-in observer. */
export type BuiltInName = (typeof builtInNames)[number];

/**
 * Checks that a name is one of those that are known.
 *
 * @throws {ConfigError} naming the option, and what is meant perhaps
 */
export function checkName(option: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const expected =
    known.length === 0 ? 'no fault without an observer' : `one of ${known.join(', ')}`;
  const hint = suggestion(name, known);
  throw new ConfigError(`option '${option}': expected ${expected}, got ${describe(name)}${hint}`);
}
