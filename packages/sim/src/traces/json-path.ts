/** Where something stands in a JSON document: keys and positions in lists, from the outermost on. */
export type JsonPath = readonly (string | number)[];

/** As in `batadv.links[3]`. */
export const pathText = (path: JsonPath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
