import { branchesOf, type JsonSchema, scenarioJsonSchema } from '../file/schema-keys.js';
import { typeWords, variantOf } from './schema-words.js';

/** The reference of all keys in Markdown: a section for each of the scenario's own. */
export function scenarioReference(): string {
  const { properties, required = [], else: unlessRecorded } = scenarioJsonSchema();
  return Object.entries(properties ?? {})
    .map(([name, schema]) => {
      const [own, ...inner] = rowsOf(name, schema, required.includes(name));
      const isNeeded = unlessRecorded?.required?.includes(name) === true;
      const rows = [
        { ...own!, ...(isNeeded && { standard: 'required without `source`' }) },
        ...inner,
      ];
      return [
        `### ${name}`,
        '',
        schema.description ?? '',
        '',
        '| key | value | default | |',
        '| --- | --- | --- | --- |',
        ...rows.map(
          ({ key, type, standard, about }) => `| \`${key}\` | ${type} | ${standard} | ${about} |`,
        ),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** A key of a scenario, as the reference lists it. */
interface ReferenceRow {
  readonly key: string;
  readonly type: string;
  readonly standard: string;
  readonly about: string;
}

function rowsOf(key: string, schema: JsonSchema, isRequired: boolean): ReferenceRow[] {
  const branches = branchesOf(schema);
  const plain = branches.filter(({ type }) => type !== 'object' && type !== 'array');
  const variants = branches.filter(({ type }) => type === 'object' || type === 'array');
  const words = [
    ...plain.map(typeWords),
    ...(variants.length === 0 ? [] : [typeWords(variants[0]!)]),
  ];
  const row: ReferenceRow = {
    key,
    type: [...new Set(words)].join(', or '),
    standard: standardOf(schema, isRequired),
    about: schema.description ?? '',
  };
  const told = new Set<string>();
  // An item that is a plain value says nothing that its list has not said.
  const isTold = key.endsWith('[]') && row.about === '' && variants.length === 0;
  return [
    ...(isTold && row.type.length < 10 ? [] : [row]),
    ...variants.flatMap((variant) => innerRows(key, variant, told)),
  ];
}

/** @param told - rows that another variant of the same key has had already */
function innerRows(key: string, schema: JsonSchema, told: Set<string>): ReferenceRow[] {
  const { properties = {}, required = [], items, additionalProperties } = schema;
  if (items !== undefined) return itemRows(`${key}[]`, items);
  const variant = variantOf(schema);
  const own = Object.entries(properties).flatMap(([name, inner]) =>
    rowsOf(`${key}.${name}`, inner, required.includes(name)).map((row) => {
      const isVariant = variant?.[0] === name;
      return isVariant ? { ...row, key: `${key}.${name}: ${variant[1]}`, type: '' } : row;
    }),
  );
  const open =
    typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0
      ? rowsOf(`${key}.*`, additionalProperties, false)
      : [];
  return [...own, ...open].filter((row) => {
    const text = JSON.stringify(row);
    const isNew = !told.has(text);
    told.add(text);
    return isNew;
  });
}

function itemRows(key: string, items: JsonSchema): ReferenceRow[] {
  const [own, ...inner] = rowsOf(key, items, false);
  if (own === undefined) return [];
  // An item that is a mapping has nothing to say of itself.
  return own.type === 'mapping' ? inner : [{ ...own, standard: '' }, ...inner];
}

function standardOf({ default: value }: JsonSchema, isRequired: boolean): string {
  if (value === undefined) return isRequired ? 'required' : '';
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return isEmpty || value === '' ? '' : `\`${JSON.stringify(value).replaceAll('"', '')}\``;
}
