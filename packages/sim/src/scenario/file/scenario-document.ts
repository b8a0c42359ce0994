import { ConfigError, messageOf } from '@panoptes/core';
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { counted } from '../../report/number-text.js';
import { withoutExtensions } from './extension-keys.js';
import { DocumentStructure } from './document-structure.js';
import { ScenarioError, type ScenarioProblem } from './scenario-error.js';

/** A scenario's text as YAML, of which JSON is a part, with the place of everything in it. */
export class ScenarioDocument {
  readonly #document: Document;
  readonly #structure: DocumentStructure;
  readonly #lines = new LineCounter();

  /**
   * @param file - its name, for errors
   * @param text - YAML or JSON
   * @throws {ScenarioError} when it is neither, with line and column
   */
  constructor(
    readonly file: string,
    text: string,
  ) {
    if (text.length > mostScenarioBytes) {
      throw this.#refusal(`expected at most ${mostScenarioBytes} bytes, got more`);
    }
    this.#document = this.#parse(text);
    this.#structure = new DocumentStructure(this.#document);
    const errors = [
      ...this.#document.errors,
      ...this.#document.warnings,
      ...this.#structure.problems,
    ];
    if (errors.length > 0) {
      throw new ScenarioError(
        file,
        errors.map(({ message, pos }) => ({
          ...this.#at(pos[0]),
          key: '',
          message: `expected YAML or JSON: ${message}`,
        })),
      );
    }
    if (!isMap(this.#document.contents)) {
      throw this.#refusal("expected a mapping with keys such as 'version' and 'population'");
    }
  }

  /**
   * Sets keys from outside.
   *
   * @throws {ScenarioError} when a key leads through a value that has no keys
   */
  set(overrides: readonly Override[]): void {
    for (const { key, value } of overrides) {
      try {
        const path = keyPath(key);
        if (path.at(-1) === '+') this.#append(path.slice(0, -1), value);
        else {
          this.#checkPlaces(path);
          this.#document.setIn(path, this.#document.createNode(value));
        }
      } catch (cause) {
        const message = `cannot be set: ${messageOf(cause)}`;
        throw new ScenarioError(this.file, [{ key, message }], { cause });
      }
    }
  }

  /** Refuses a place beyond a list's end: it would come with empty ones before it. */
  #checkPlaces(path: readonly string[]): void {
    for (const [at, key] of path.entries()) {
      const list = this.#document.getIn(path.slice(0, at));
      if (!isSeq(list) || !/^\d+$/.test(key)) continue;
      const { length } = list.items;
      // The next one may be set as a whole.
      if (Number(key) < length || (Number(key) === length && at === path.length - 1)) continue;
      const [whole, place] = [path.slice(0, at).join('.'), path.slice(0, at + 1).join('.')];
      throw new ConfigError(`there is no ${place}: ${whole} has ${counted(length, 'item')}`);
    }
  }

  #append(path: readonly string[], value: unknown): void {
    if (!this.#document.hasIn(path)) this.#document.setIn(path, this.#document.createNode([]));
    this.#document.addIn(path, this.#document.createNode(value));
  }

  /** All of it as plain data, without what only the file itself is meant to know of. */
  value(): unknown {
    try {
      return withoutExtensions(this.#document.toJS());
    } catch (cause) {
      // Aliases that would multiply without end.
      throw this.#refusal(`expected YAML: ${messageOf(cause)}`, cause);
    }
  }

  /** Where a key stands, or the nearest one around it that is in the file. */
  placeOf(path: readonly PropertyKey[]): Place {
    let node: unknown = this.#document.contents;
    let place: Place = { line: 1, column: 1 };
    for (const key of path) {
      const next = stepInto(this.#structure.targetOf(node), key);
      if (next === undefined) break;
      // What was set from outside has no place in the file.
      if (next.isNew) return {};
      if (next.place?.range) place = this.#at(next.place.range[0]);
      node = next.node;
    }
    return place;
  }

  #parse(text: string): Document {
    try {
      return parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        merge: true,
        // It would compare each with every other; see `DocumentStructure`.
        uniqueKeys: false,
      });
    } catch (cause) {
      // The parser calls itself for each level.
      throw this.#refusal(`expected YAML or JSON: ${messageOf(cause)}`, cause);
    }
  }

  #refusal(message: string, cause?: unknown): ScenarioError {
    return new ScenarioError(this.file, [{ line: 1, column: 1, key: '', message }], { cause });
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

/** Mappings whose own keys hold points: what follows is one key. */
const dottedKeys = /^(thresholds|sweep\.(?:grid|zip))\.(.+)$/;

function keyPath(key: string): string[] {
  const [, outer, inner] = dottedKeys.exec(key) ?? [];
  return outer === undefined ? key.split('.') : [...outer.split('.'), inner!];
}

/** Where a key or value stands. */
export type Place = Pick<ScenarioProblem, 'line' | 'column'>;

/**
 * A key set from outside the file, as by `--set population.peers=500`. One that ends with `.+` is a list
 * that the value is added to, as by `--set 'faults.+={ fault: loop }'`.
 */
export interface Override {
  readonly key: string;
  readonly value: unknown;
}

/** Text beyond this is no scenario. */
export const mostScenarioBytes = 2 ** 20;

/** Of each mapping that was looked into, its pairs by their keys: looking through it takes long. */
const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();

function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = indexes.get(map);
  if (known?.size === map.items.length) return known;
  const pairs = new Map(
    map.items.map((item) => [String(isScalar(item.key) ? item.key.value : item.key), item]),
  );
  indexes.set(map, pairs);
  return pairs;
}

interface Step {
  readonly node: unknown;
  /** What stands for it in the file: a mapping's key, a list's item. */
  readonly place: Node | undefined;
  readonly isNew: boolean;
}

function stepInto(node: unknown, key: PropertyKey): Step | undefined {
  if (isMap(node)) {
    const pair = pairsOf(node).get(String(key));
    if (pair === undefined) return undefined;
    const place = isScalar(pair.key) ? pair.key : undefined;
    const isNew = place?.range == null || (isNode(pair.value) && pair.value.range == null);
    return { node: pair.value, place, isNew };
  }
  if (!isCollection(node)) return undefined;
  const item = node.items[Number(key)];
  return item === undefined
    ? undefined
    : { node: item, place: item as Node, isNew: (item as Node).range == null };
}
