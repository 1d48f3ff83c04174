/** Any JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What a step has seen, before or after what must differ is taken out. */
export interface Answer {
  /** HTTP status; 0 for a look at a watch. */
  readonly code: number;
  /** Those that clients act on. */
  readonly headers?: { readonly [name: string]: Json };
  readonly body?: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
