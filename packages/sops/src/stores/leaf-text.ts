import { SopsError } from "../errors.ts";
import { isBranch, isList, type Value } from "../tree/tree.ts";

/**
 * A value in a format that has only text.
 * @throws SopsError `Unsupported` for collections.
 */
export function leafText(key: string, value: Value, format: string): string {
  if (isBranch(value) || isList(value)) {
    throw new SopsError("Unsupported", `${key}: ${format} cannot hold a list or mapping here`);
  }
  // How Go prints nil.
  if (value === null) return "<nil>";
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === "object") return value.text;
  if (typeof value === "number") return floatText(value);
  return String(value);
}

/** Go's `FormatFloat(value, 'G', -1, 64)`, with a decimal point where it would look like an integer. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 21) {
    return `${mantissa}E${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
