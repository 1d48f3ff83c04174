import { KustomizeError } from "../errors.ts";

const control = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;
const rare = /[\x7f-\x9f\ud800-\udfff\ufffe\uffff]/;

/** What becomes of a string that is written as JSON and read by a YAML parser: `NEL` is a line break there. */
export function textThroughJson(text: string): string {
  if (!rare.test(text)) return text;
  if (control.test(text)) throw new KustomizeError("NotSerializable", "yaml: control characters are not allowed");
  const whole = text.toWellFormed();
  if (!whole.includes("\u0085")) return whole;
  return whole.replace(/ *\u0085[ \u0085]*/g, (breaks) => {
    const count = breaks.split("\u0085").length - 1;
    return count === 1 ? " " : "\n".repeat(count - 1);
  });
}
