import type { Json } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** One column of a `meta.k8s.io` Table. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  /** `name` for the column that names the object, `""` otherwise. */
  readonly format: string;
  readonly description: string;
  /** 0: always shown; above: with `-o wide`. */
  readonly priority: number;
}

/** How objects of a kind are printed. */
export interface TableColumns {
  readonly definitions: readonly ColumnDefinition[];
  /** One cell per column; `now` in milliseconds. */
  cells(object: KubeObject, now: number): Json[];
}

/** A column with the short form of its cell. */
export interface Column {
  readonly name: string;
  /** Default `string`. */
  readonly type?: string;
  /** Whether it is only shown with `-o wide`. */
  readonly wide?: boolean;
  cell(object: KubeObject, now: number): Json;
}

const nameColumn: Column = { name: "Name", cell: ({ metadata }) => metadata.name };

/** The name, then the given columns. */
export function columns(...list: readonly Column[]): TableColumns {
  return createColumns([nameColumn, ...list]);
}

/** The given columns, whatever they begin with. */
export function createColumns(list: readonly Column[]): TableColumns {
  return {
    definitions: list.map(({ name, type = "string", wide = false }) => ({
      name,
      type,
      format: name === "Name" ? "name" : "",
      description: name === "Name" ? "Name of the object, unique within its namespace." : `${name} of the object.`,
      priority: wide ? 1 : 0,
    })),
    cells: (object, now) => list.map((column) => column.cell(object, now)),
  };
}
