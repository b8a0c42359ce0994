import { z } from 'zod';
import { generatedScenario, generationKeys, scenarioSchema } from '../schema/scenario.js';

/** As much of a JSON Schema as a scenario's uses. */
export interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
}

/** The published JSON Schema (draft 7) of scenarios as they are written. */
export const scenarioJsonSchema = (): JsonSchema & { readonly title: string } => {
  const schema = written(scenarioSchema);
  const { required = [] } = written(generatedScenario);
  return {
    ...schema,
    title: 'Panoptes scenario',
    if: { required: ['source'] },
    then: { not: { anyOf: generationKeys.map((key) => ({ required: [key] })) } },
    else: { required: required.filter((key) => generationKeys.includes(key)) },
  };
};

const written = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // Editors let the keys pass that are a user's own.
      if (jsonSchema.additionalProperties === false) jsonSchema.patternProperties = { '^x-': {} };
    },
  }) as JsonSchema;

/** The schemas that a union or a plain schema may stand for. */
export const branchesOf = (schema: JsonSchema): readonly JsonSchema[] =>
  (schema.anyOf ?? schema.oneOf)?.flatMap(branchesOf) ?? [schema];

/**
 * The keys that the mapping at a path may have.
 *
 * @param value - the scenario as written: of a union, those branches are meant that it names
 */
export function keysAt(value: unknown, path: readonly PropertyKey[]): string[] {
  let schemas = fitting([scenarioJsonSchema()], value);
  let inner = value;
  for (const key of path) {
    inner = (inner as Record<PropertyKey, unknown> | undefined)?.[key];
    schemas = fitting(
      schemas.flatMap((schema) => memberOf(schema, key)),
      inner,
    );
  }
  return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function memberOf(schema: JsonSchema, key: PropertyKey): JsonSchema[] {
  const { properties, additionalProperties, items } = schema;
  const named = Object.hasOwn(properties ?? {}, key) ? properties?.[String(key)] : undefined;
  if (named !== undefined) return [named];
  if (items !== undefined) return [items];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** Of unions, the branches whose fixed keys have the values that they ask for, and that lack no key. */
function fitting(schemas: readonly JsonSchema[], value: unknown): JsonSchema[] {
  const branches = schemas.flatMap(branchesOf);
  const fit = branches.filter(({ properties }) =>
    Object.entries(properties ?? {}).every(
      ([key, { const: wanted }]) =>
        wanted === undefined || (value as Record<string, unknown> | null)?.[key] === wanted,
    ),
  );
  const whole = fit.filter(
    ({ properties, required = [] }) =>
      properties !== undefined &&
      required.every((key) => Object.hasOwn(Object(value) as object, key)),
  );
  return [whole, fit].find((some) => some.length > 0) ?? branches;
}
