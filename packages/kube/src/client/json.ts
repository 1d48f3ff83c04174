/**
 * JSON as the API server means it: integers beyond 2^53 (which `number` cannot hold) arrive as `bigint` and leave as
 * the same digits. Everything else is plain `JSON`.
 */
export function decodeJson(text: string): unknown {
  // Reviving costs several times a plain parse, so only texts that may hold a long integer pay for it.
  if (!longInteger.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, reviveLongInteger as (key: string, value: unknown) => unknown) as unknown;
}

/** The inverse of {@link decodeJson}. */
export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? rawJson(each.toString()) : each));
  }
}

const longInteger = /[:,[\s]-?\d{16,}/;

function reviveLongInteger(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return context.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}

// Not yet in TypeScript's library; Node has it.
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(this: void, text: string): unknown };
