import type { TextSink } from "../../io/io.ts";

const ESCAPE = "\u001b[";
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;
const BEGIN_UPDATE = `${ESCAPE}?2026h`;
const END_UPDATE = `${ESCAPE}?2026l`;
const CLEAR_TO_LINE_END = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

/** Draws frames over one another on a terminal. Each is one write, so that none is seen half drawn. */
export class Screen {
  readonly #sink: TextSink;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Replaces the frame before. A frame that looks the same costs nothing. */
  show(lines: readonly string[]): void {
    if (
      this.#isOpen &&
      lines.length === this.#shown.length &&
      lines.every((line, index) => line === this.#shown[index])
    )
      return;
    const up = this.#shown.length === 0 ? "" : `${ESCAPE}${this.#shown.length}A\r`;
    const body = lines.map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join("");
    const opening = this.#isOpen ? "" : HIDE_CURSOR;
    this.#sink.write(`${BEGIN_UPDATE}${opening}${up}${body}${CLEAR_BELOW}${END_UPDATE}`);
    this.#shown = lines;
    this.#isOpen = true;
  }

  /** Leaves the last frame where it is; what is written next stands below it. */
  close(): void {
    if (this.#isOpen) this.#sink.write(SHOW_CURSOR);
    this.#isOpen = false;
    this.#shown = [];
  }
}
