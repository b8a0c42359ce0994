import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
} from 'yaml';

/**
 * How a document hangs together: what its aliases stand for, and where it is wrong, as by a key that a
 * mapping has twice. The library knows most of this too, but takes the square of the time for it, or
 * does not say where.
 */
export class DocumentStructure {
  readonly problems: StructureProblem[] = [];
  readonly #targets = new Map<Alias, Node>();
  readonly #merges: Pair[] = [];

  constructor(document: Document) {
    const anchors = new Map<string, Node>();
    visit(document, {
      Alias: (_, alias) => {
        const target = anchors.get(alias.source);
        if (target === undefined) this.#complain(`there is no '&${alias.source}' before it`, alias);
        else this.#targets.set(alias, target);
      },
      Value: (_, node) => {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        if (isMap(node)) this.#checkKeys(node.items);
      },
    });
    for (const pair of this.#merges) this.#checkMerge(pair);
  }

  /** What an alias stands for; any other node for itself. */
  targetOf(node: unknown): unknown {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  #checkKeys(pairs: readonly Pair[]): void {
    const seen = new Set<string>();
    for (const pair of pairs) {
      const { key } = pair;
      if (!isScalar(key)) continue;
      const name = String(key.value);
      if (isMerge(key.value)) this.#merges.push(pair);
      else if (seen.has(name)) this.#complain(`Map keys must be unique: '${name}'`, key);
      seen.add(name);
    }
  }

  #checkMerge({ key, value }: Pair): void {
    const source = this.targetOf(value);
    const sources = isSeq(source) ? source.items.map((item) => this.targetOf(item)) : [source];
    if (sources.every((one) => isMap(one) || one === undefined)) return;
    this.#complain(`a mapping, or a list of them, after '${mergeKey}'`, key as Node);
  }

  #complain(message: string, { range }: Node): void {
    const [from = 0, to = from] = range ?? [];
    this.problems.push({ message, pos: [from, to] });
  }
}

/** Something that is wrong with how a document hangs together. */
export interface StructureProblem {
  readonly message: string;
  /** Offsets in the text. */
  readonly pos: readonly [number, number];
}

/** The merge key, which takes in another mapping's keys; the library reads it as a symbol. */
const mergeKey = '<<';
const isMerge = (key: unknown): boolean => typeof key === 'symbol' || key === mergeKey;
