import { createRequire } from 'node:module';

/** A family of the text format, as a parser that others keep reads it. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly value: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
}

/** Parses a text of Prometheus; by name. The parser has no types. */
export const parsedMetrics = (text: string): Map<string, ParsedFamily> =>
  new Map(parse(text).map((family) => [family.name, family]));

/** The value of a series without labels, or with just these. */
export function valueOf(
  families: ReadonlyMap<string, ParsedFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = families
    .get(name)
    ?.metrics.find((one) => JSON.stringify(Object.entries(one.labels ?? {}).sort()) === wanted);
  return found === undefined ? undefined : Number(found.value);
}

const parse = createRequire(import.meta.url)('parse-prometheus-text-format') as (
  text: string,
) => readonly ParsedFamily[];
