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
  readonly type?: string;
  readonly wide?: boolean;
  cell(object: KubeObject, now: number): Json;
}

/** Columns in order, after the name. */
export function columns(...list: readonly Column[]): TableColumns {
  const all: readonly Column[] = [{ name: "Name", cell: ({ metadata }) => metadata.name }, ...list];
  return {
    definitions: all.map(({ name, type = "string", wide = false }, index) => ({
      name,
      type,
      format: index === 0 ? "name" : "",
      description: index === 0 ? "Name of the object, unique within its namespace." : `${name} of the object.`,
      priority: wide ? 1 : 0,
    })),
    cells: (object, now) => all.map((column) => column.cell(object, now)),
  };
}

/** What kinds without columns of their own are printed with. */
export const defaultColumns: TableColumns = (() => {
  const { definitions } = columns({
    name: "Created At",
    type: "date",
    cell: ({ metadata }) => metadata.creationTimestamp ?? null,
  });
  return { definitions, cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null] };
})();
