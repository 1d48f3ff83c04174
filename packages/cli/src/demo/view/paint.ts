import { styleText } from "node:util";
import type { TextSink } from "../../io/io.ts";

/** The few colours of the demo. */
export type Colour = "green" | "red" | "yellow" | "cyan" | "dim" | "bold";

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** No colours: pipes, tests, and whoever set `NO_COLOR`. */
export const plain: Paint = (_colour, text) => text;

/** Colours for a terminal. */
export const coloured: Paint = (colour, text) => styleText(colour, text, { validateStream: false });

/** The paint that suits a sink. */
export function paintFor(sink: TextSink, env: { readonly [name: string]: string | undefined }): Paint {
  return sink.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb" ? coloured : plain;
}
