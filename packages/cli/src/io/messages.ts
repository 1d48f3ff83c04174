import type { TextSink } from "./io.ts";

/** What the program says while it works, one line each on stderr, with the icons Flux users know. */
export interface Messages {
  action(text: string): void;
  generate(text: string): void;
  wait(text: string): void;
  success(text: string): void;
  warning(text: string): void;
  failure(text: string): void;
}

/** Writes messages to a sink. */
export function createMessages(sink: TextSink): Messages {
  const line =
    (icon: string) =>
    (text: string): void =>
      sink.write(`${icon} ${text}\n`);
  return {
    action: line("►"),
    generate: line("✚"),
    wait: line("◎"),
    success: line("✔"),
    warning: line("⚠️"),
    failure: line("✗"),
  };
}
