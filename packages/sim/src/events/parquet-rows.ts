import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { type ColumnType, type EventCell, eventColumns } from './event-columns.js';
import type { RowWriter, Write } from './row-writer.js';

/**
 * Rows as a Parquet file, a row group after another: what is held is the group that is being filled.
 * Without its end, which lists the groups, such a file cannot be read.
 */
export class ParquetRows implements RowWriter {
  readonly #writer: ParquetWriter;
  #columns: unknown[][] = emptyColumns();
  #rows = 0;
  /** About how many characters of text the group holds. */
  #held = 0;

  constructor(write: Write) {
    this.#writer = new ParquetWriter({
      writer: new StreamedBytes(write),
      schema,
      createdBy: 'panoptes',
    });
  }

  row(cells: readonly EventCell[]): void {
    for (const [at, cell] of cells.entries()) {
      const value = stored(cell, eventColumns[at]!.type);
      if (typeof value === 'string') this.#held += value.length;
      this.#columns[at]!.push(value);
    }
    this.#rows++;
    if (this.#rows >= mostRows || this.#held >= mostHeld) this.#writeGroup();
  }

  /** A group is written when it is full: many small ones would be slow to read. */
  flush(): void {
    // Nothing of it makes sense before its end.
  }

  end(): void {
    this.#writeGroup();
    void this.#writer.finish();
  }

  #writeGroup(): void {
    if (this.#rows === 0) return;
    const columnData = this.#columns.map((data, at) => ({
      name: eventColumns[at]!.name,
      data,
      offsetIndex: false,
    }));
    const rowGroupSize = this.#rows;
    this.#columns = emptyColumns();
    this.#rows = this.#held = 0;
    void this.#writer.write({ columnData, rowGroupSize });
  }
}

/** Rows of a group, and characters of text in it, at most. */
const mostRows = 16_384;
const mostHeld = 16 * 1024 * 1024;

/** Hands on what was put into it whenever a row group is whole. */
class StreamedBytes extends ByteWriter {
  readonly #write: Write;

  constructor(write: Write) {
    super();
    this.#write = write;
  }

  flush(): void {
    this.#write(new Uint8Array(this.buffer, 0, this.index));
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}

const emptyColumns = (): unknown[][] => eventColumns.map(() => []);

/** A list is JSON here, as text: tools have functions for it, and not all of them know lists. */
function stored(cell: EventCell, type: ColumnType): unknown {
  if (cell === null) return undefined;
  if (type === 'count') return BigInt(cell as number);
  return type === 'list' ? JSON.stringify(cell) : cell;
}

const elements: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  count: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  list: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};

const schema: SchemaElement[] = [
  { name: 'root', num_children: eventColumns.length },
  ...eventColumns.map(({ name, type }): SchemaElement => ({
    name,
    repetition_type: 'OPTIONAL',
    ...elements[type],
  })),
];
