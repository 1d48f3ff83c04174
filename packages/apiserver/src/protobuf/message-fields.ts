import messages from "./generated/messages.json" with { type: "json" };

/** A field of a Go type. */
export interface MessageField {
  readonly number: number;
  /** As in JSON; `-`: the fields of the message belong to the one around it; `.`: the message is this list. */
  readonly name: string;
  /** `s`, `i`, `b`, `d`, `y`, or `m` and a type's name; `*` before lists, `%` before maps. */
  readonly code: string;
  /** What Go's JSON does with a zero: leave it out, or write it all the same. Pointers know no zero. */
  readonly zero: "dropped" | "written" | "none";
}

const parsed = new Map<string, readonly MessageField[]>();
const texts: { readonly [name: string]: string } = messages;

/** The fields of a type by the name of its definition; `undefined` for types that are not part of `k8s.io/api`. */
export function findMessageFields(definition: string): readonly MessageField[] | undefined {
  const known = parsed.get(definition);
  if (known !== undefined) return known;
  const text = texts[definition];
  if (text === undefined) return undefined;
  const fields = text
    .split("|")
    .filter((field) => field !== "")
    .map(parseField);
  parsed.set(definition, fields);
  return fields;
}

function parseField(text: string): MessageField {
  const [number, name = "", code = "", flag] = text.split(" ");
  return { number: Number(number), name, code, zero: flag === "0" ? "dropped" : flag === "!" ? "written" : "none" };
}
