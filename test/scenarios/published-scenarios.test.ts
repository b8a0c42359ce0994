import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import {
  type JsonSchema,
  scenarioJsonSchema,
} from '../../packages/sim/src/scenario/file/schema-keys.js';
import { parseScenario } from '../../packages/sim/src/scenario/file/scenario-file.js';
import { scenarioReference } from '../../packages/sim/src/scenario/published/scenario-reference.js';
import { scenarioTemplate } from '../../packages/sim/src/scenario/published/scenario-template.js';

const page = fileURLToPath(new URL('../../docs/SCENARIOS.md', import.meta.url));

describe('what is published of scenarios follows from their schema', () => {
  it('docs/SCENARIOS.md lists every key with its values, default and purpose', async () => {
    const config = await resolveConfig(page);
    const reference = await format(scenarioReference(), { ...config, parser: 'markdown' });
    expect(readFileSync(page, 'utf8').endsWith(`\n${reference}`)).toBe(true);
  });

  it('the JSON Schema is draft 7, describes every key of the first level, and takes no others', () => {
    const schema = scenarioJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      required: ['version'],
      additionalProperties: false,
      if: { required: ['source'] },
      else: { required: ['population', 'phases'] },
    });
    for (const [key, { description }] of Object.entries(schema.properties!)) {
      expect(`${key}: ${description ?? ''}`).toMatch(/: .{8,}/);
    }
  });

  it('the file that init writes has every section, and is a good scenario', () => {
    const text = scenarioTemplate();
    const scenario = parseScenario({ file: 'scenario.yaml', text, overrides: [] });
    for (const key of Object.keys(scenarioJsonSchema().properties!)) {
      expect(text).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
    }
    expect(scenario).toMatchObject({
      name: 'my-scenario',
      sessions: 'skype-superpeers',
      faults: [],
    });
    expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('the JSON Schema lets keys pass that begin with x-, wherever it takes no others', () => {
    const closed: JsonSchema[] = [];
    const visit = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      if ((schema as JsonSchema).additionalProperties === false) closed.push(schema);
      Object.values(schema).forEach(visit);
    };
    visit(scenarioJsonSchema());
    expect(closed.length).toBeGreaterThan(20);
    for (const schema of closed) expect(schema).toMatchObject({ patternProperties: { '^x-': {} } });
  });
});
