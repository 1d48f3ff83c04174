import type { WriteOptions } from "./client.ts";

/** Query parameters; those that are absent or empty are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Appends parameters to a path that has none. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The parameters that all writes have in common. */
export function writeQuery(options: WriteOptions): Query {
  const { fieldManager, fieldValidation, dryRun } = options;
  return { fieldManager, fieldValidation, dryRun: dryRun === true ? "All" : undefined };
}
