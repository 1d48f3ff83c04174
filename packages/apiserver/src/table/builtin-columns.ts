import { ageColumn } from "./cells.ts";
import { clusterColumns } from "./cluster-columns.ts";
import { columns, type TableColumns } from "./columns.ts";
import { workloadColumns } from "./workload-columns.ts";

const builtin: ReadonlyMap<string, TableColumns> = new Map([...workloadColumns, ...clusterColumns]);
const nameAndAge = columns(ageColumn);

/** The columns that a built-in kind is printed with; name and age for kinds without columns of their own. */
export function columnsOf(group: string, kind: string): TableColumns {
  return builtin.get(`${group}/${kind}`) ?? nameAndAge;
}
