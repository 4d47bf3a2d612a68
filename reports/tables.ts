import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { csvLines } from './daily-csv.ts';

/** Tables for other programs, written as they are read: one page of rows is in memory, whatever the number of rows. */
export const TABLE_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export interface Column {
  readonly name: string;
  readonly type: 'text' | 'whole' | 'number' | 'truth';
}

/** A cell; null is an empty one. In CSV a text is written as it is given, so that a number can keep its decimals. */
type Cell = string | number | boolean | null;

/** Takes a piece of the file; resolves when it may be given the next. */
export type Sink = (part: string | Uint8Array) => Promise<void>;

export interface TableWriter {
  add(rows: readonly (readonly Cell[])[]): Promise<void>;
  end(): Promise<void>;
}

/** Rows of a row group in Parquet. */
const ROW_GROUP = 20_000;

/**
 * Writes a table. CSV has a header, and an apostrophe before text that a spreadsheet would run; JSON Lines and Parquet keep
 * every text to the letter, and have numbers as numbers.
 */
export async function tableWriter(format: TableFormat, columns: readonly Column[], sink: Sink): Promise<TableWriter> {
  if (format === 'parquet') return parquetTable(columns, sink);
  if (format === 'csv') await sink(csvLines([columns.map(({ name }) => name)]));
  return {
    add: async (rows) => {
      if (rows.length === 0) return;
      await sink(format === 'csv' ? csvLines(rows.map((row) => row.map(csvCell))) : rows.map(jsonLine).join(''));
    },
    end: async () => undefined,
  };

  function jsonLine(row: readonly Cell[]): string {
    return `${JSON.stringify(Object.fromEntries(columns.map(({ name, type }, index) => [name, typed(row[index], type)])))}\n`;
  }
}

/** The bytes of a table in Parquet whose rows are all there and few enough to be held in memory. */
export async function parquetBytes(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  const table = parquetTable(columns, async (part) => {
    parts.push(Buffer.from(part));
  });
  await table.add(rows);
  await table.end();
  return Buffer.concat(parts);
}

function csvCell(cell: Cell): string | number {
  return typeof cell === 'number' ? cell : cell === null ? '' : String(cell);
}

/** A cell in the column's type: figures that were written with fixed decimals become numbers again. */
function typed(cell: Cell | undefined, type: Column['type']): Cell {
  if (cell === undefined || cell === null) return null;
  if (type === 'text') return String(cell);
  if (cell === '') return null;
  return type === 'truth' ? cell === true || cell === 'true' : Number(cell);
}

const PARQUET_TYPES = { text: 'STRING', whole: 'INT32', number: 'DOUBLE', truth: 'BOOLEAN' } as const;

function parquetTable(columns: readonly Column[], sink: Sink): TableWriter {
  const columnData = (rows: readonly (readonly Cell[])[]) =>
    columns.map(({ name, type }, index) => ({
      name,
      type: PARQUET_TYPES[type],
      nullable: true,
      data: rows.map((row) => typed(row[index], type)),
    }));
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    const part = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    if (part.length > 0) await sink(part);
  };
  const writer = Object.assign(bytes, { flush, finish: flush });
  const parquet = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: columnData([]) }) });
  let waiting: (readonly Cell[])[] = [];
  const writeGroup = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    await parquet.write({ columnData: columnData(rows), rowGroupSize: ROW_GROUP });
  };
  return {
    add: async (rows) => {
      waiting.push(...rows);
      if (waiting.length >= ROW_GROUP) await writeGroup();
    },
    end: async () => {
      await writeGroup();
      await parquet.finish();
    },
  };
}
