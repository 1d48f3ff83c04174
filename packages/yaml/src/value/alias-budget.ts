import { YamlError } from "../errors.ts";

/** Up to this many nodes, almost all may come from aliases; from {@link LARGE} on, a tenth. */
const SMALL = 400_000;
const LARGE = 4_000_000;
/** Deeper values are refused; aliases can nest a document deeper than it was written. */
const MAX_DEPTH = 1000;

/** Counts nodes while aliases are expanded and stops what grows out of proportion to its text ("billion laughs"). */
export class AliasBudget {
  #nodes = 0;
  #fromAliases = 0;
  #aliasDepth = 0;
  #depth = 0;

  /** @throws YamlError `LimitExceeded` in Go's words and at Go's thresholds. */
  count(): void {
    this.#nodes++;
    if (this.#aliasDepth === 0) return;
    this.#fromAliases++;
    if (this.#fromAliases <= 100 || this.#nodes <= 1000) return;
    if (this.#fromAliases / this.#nodes > allowedRatio(this.#nodes)) {
      throw new YamlError("LimitExceeded", "yaml: document contains excessive aliasing");
    }
  }

  enterAlias(): void {
    this.#aliasDepth++;
  }

  leaveAlias(): void {
    this.#aliasDepth--;
  }

  enterCollection(): void {
    if (++this.#depth > MAX_DEPTH) throw new YamlError("LimitExceeded", `yaml: exceeded max depth of ${MAX_DEPTH}`);
  }

  leaveCollection(): void {
    this.#depth--;
  }
}

function allowedRatio(nodes: number): number {
  if (nodes <= SMALL) return 0.99;
  if (nodes >= LARGE) return 0.1;
  return 0.99 - 0.89 * ((nodes - SMALL) / (LARGE - SMALL));
}
