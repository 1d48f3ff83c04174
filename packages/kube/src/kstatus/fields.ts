/** A condition whose fields may be missing: objects come from anybody's controllers. */
export interface LooseCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Reads a field by path; `undefined` when any step is missing or not a mapping. */
export function fieldAt(object: unknown, ...path: readonly string[]): unknown {
  let value = object;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as { readonly [key: string]: unknown })[key];
  }
  return value;
}

export function integerAt(object: unknown, fallback: number, ...path: readonly string[]): number {
  const value = fieldAt(object, ...path);
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? Math.trunc(value) : fallback;
}

export function textAt(object: unknown, ...path: readonly string[]): string {
  const value = fieldAt(object, ...path);
  return typeof value === "string" ? value : "";
}

/** `status.conditions`, without what is not a condition. */
export function conditionsOf(object: unknown): LooseCondition[] {
  const conditions = fieldAt(object, "status", "conditions");
  if (!Array.isArray(conditions)) return [];
  return conditions.map((each: unknown) => ({
    type: textAt(each, "type"),
    status: textAt(each, "status"),
    reason: textAt(each, "reason"),
    message: textAt(each, "message"),
  }));
}
