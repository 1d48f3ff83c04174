import { age } from "./duration.ts";
import { columns, defaultColumns, type Column, type TableColumns } from "./columns.ts";

export const ageColumn: Column = { name: "Age", cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) };

const builtin: ReadonlyMap<string, TableColumns> = new Map([]);

/** The columns that a built-in kind is printed with. */
export function columnsOf(group: string, kind: string): TableColumns {
  return builtin.get(`${group}/${kind}`) ?? (kind === "" ? defaultColumns : columns(ageColumn));
}
