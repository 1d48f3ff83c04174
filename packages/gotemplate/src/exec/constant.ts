import type { NumberNode } from "../parse/nodes.ts";
import { int, type Value } from "../value/value.ts";
import type { Frame } from "./execution.ts";

const hexInteger = /^0[xX](?!.*[pP])/;

/** The value of a number literal where nothing tells its type: its syntax does. */
export function idealConstant(frame: Frame, node: NumberNode): Value {
  const { text, int: integer, float } = node;
  const isFloat = !hexInteger.test(text) && !text.startsWith("'") && /[.eEpP]/.test(text);
  if (isFloat && float !== undefined) return float;
  if (integer !== undefined) return int(integer);
  frame.node = node;
  return frame.fail(`${text} overflows int`);
}
