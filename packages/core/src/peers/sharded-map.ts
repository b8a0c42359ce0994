/**
 * Values by texts, in many maps instead of one: a map that grows moves all that it holds, which takes
 * tens of milliseconds for a million, and here is one of many. Which one a text is in, a few of its
 * characters say; texts that agree in those share a map, and lose nothing else.
 */
export class ShardedMap<Value> {
  readonly #shards: readonly Map<string, Value>[] = Array.from(
    { length: shards },
    () => new Map<string, Value>(),
  );
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(text: string): Value | undefined {
    return this.#shardOf(text).get(text);
  }

  set(text: string, value: Value): void {
    const shard = this.#shardOf(text);
    const before = shard.size;
    shard.set(text, value);
    this.#size += shard.size - before;
  }

  delete(text: string): void {
    if (this.#shardOf(text).delete(text)) this.#size--;
  }

  /** All of it, in no particular order. */
  *[Symbol.iterator](): Generator<[string, Value]> {
    for (const shard of this.#shards) yield* shard;
  }

  #shardOf(text: string): Map<string, Value> {
    const { length } = text;
    const step = (length >>> 2) + 1;
    let mixed = length;
    for (let at = length - 1; at >= 0; at -= step) {
      mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x9e3779b1);
    }
    return this.#shards[mixed >>> shardShift]!;
  }
}

const shards = 256;
/** Of the mixed characters the first eight bits. */
const shardShift = 24;
