import { formatText } from "./scalar-text.ts";

/** Prints a string as a YAML scalar on one line. */
export function formatPlainText(text: string): string {
  return formatText(text, { column: 0, indent: 2, isKey: true });
}
