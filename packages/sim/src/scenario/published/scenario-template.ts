import { stringify } from 'yaml';
import { branchesOf, type JsonSchema, scenarioJsonSchema } from '../file/schema-keys.js';
import { typeWords, variantOf } from './schema-words.js';

/**
 * A commented scenario to start from, made of the schema: every key of the first level with what it
 * is for, what it may hold, and a value; what is not needed stands at its default.
 */
export function scenarioTemplate(): string {
  const { properties = {} } = scenarioJsonSchema();
  const sections = Object.entries(properties).map(([name, schema]) => {
    const value = starter[name] ?? schema.default;
    const text = stringify({ [name]: value }, { lineWidth: 0 });
    const written = name === 'source' ? text.replaceAll(/^(?=.)/gm, '# ') : text;
    return [...comment(name, schema), written].join('\n');
  });
  return [
    '# yaml-language-server: $schema=./scenario.schema.json',
    '# Run it with `panoptes run`, sweep it with `panoptes sweep`; `panoptes schema` writes the',
    '# schema that editors complete keys from.',
    '',
    ...sections,
  ].join('\n');
}

/** What a new scenario says where the defaults say nothing, or where an example says more. */
const starter: Readonly<Record<string, unknown>> = {
  version: 1,
  name: 'my-scenario',
  source: { trace: 'trace.avt', until: '2d' },
  about: 'A flash crowd in a network like that of Skype superpeers.',
  population: { peers: 500, availability: 0.5 },
  phases: [
    { kind: 'warm-up', duration: '30m' },
    { kind: 'steady', duration: '2h' },
    { kind: 'flash-crowd', duration: '30m', peers: 250, stay: '10m' },
    { kind: 'steady', name: 'afterwards', duration: '1h' },
  ],
  updates: { heartbeat: { every: '10m' }, trust: { every: '1h' } },
  thresholds: { verdict: '== pass', 'phases.steady.peers.mean': ['>= 400', '<= 600'] },
  sweep: { grid: { 'phases.2.peers': '100..500 step 100' }, replications: 3 },
};

const width = 96;

function comment(name: string, schema: JsonSchema): string[] {
  return [schema.description ?? name, ...choices(schema)].flatMap((text) =>
    wrapped(text, width - 2).map((line) => `# ${line}`),
  );
}

/** What a section may hold: the names of its keys, or of its variants with theirs. */
function choices(schema: JsonSchema): string[] {
  const items = branchesOf(schema).flatMap((branch) =>
    branch.items === undefined ? [branch] : branchesOf(branch.items),
  );
  return items.flatMap((branch) => {
    const { properties, enum: words } = branch;
    if (words !== undefined) return [`  one of ${typeWords(branch).replaceAll('`', '')}`];
    if (properties === undefined) return [];
    const variant = variantOf(branch);
    const keys = Object.keys(properties).filter((key) => key !== variant?.[0]);
    const about = variant === undefined ? '' : (properties[variant[0]]?.description ?? '');
    const head = variant === undefined ? '  keys' : `  ${variant[0]}: ${variant[1]}`;
    const tail = keys.length === 0 ? '' : ` (${keys.join(', ')})`;
    return [`${head}${tail}${about === '' ? '' : `: ${about}`}`];
  });
}

function wrapped(text: string, most: number): string[] {
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trim().split(' ')) {
    if (line.length + word.length + 1 > most && line.trim() !== '') {
      lines.push(line);
      line = `${indent}  `;
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
