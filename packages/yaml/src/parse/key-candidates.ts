import type { Mark } from "./cursor.ts";
import type { Token } from "./token.ts";

/** A place where an implicit key may have begun. */
export interface KeyCandidate {
  possible: boolean;
  /** The bracket of an empty flow collection that may itself be a key: set until a candidate is noted inside. */
  emptyOpening: Token | undefined;
  /** Whether it must be a key, because it stands at the indentation of a block mapping. */
  required: boolean;
  /** The token that begins there, once it is scanned. */
  token: Token | undefined;
  mark: Mark;
}

/** The latest candidate of each flow level; the block level is the first. */
export class KeyCandidates {
  #current: KeyCandidate = none();
  readonly #outer: KeyCandidate[] = [];

  get current(): KeyCandidate {
    return this.#current;
  }

  begin(mark: Mark, required: boolean): void {
    const candidate = this.#current;
    candidate.possible = true;
    candidate.emptyOpening = undefined;
    candidate.required = required;
    candidate.token = undefined;
    candidate.mark = mark;
  }

  /** Enters a flow collection. */
  enter(): void {
    this.#outer.push(this.#current);
    this.#current = none();
  }

  /** Leaves a flow collection. */
  leave(): void {
    this.#current = this.#outer.pop() ?? this.#current;
  }

  /** The candidate that a token begins. */
  ownerOf(token: Token): KeyCandidate | undefined {
    if (this.#current.token === token) return this.#current;
    return this.#outer.find((candidate) => candidate.token === token);
  }
}

export function attachKey(candidate: KeyCandidate, token: Token): void {
  candidate.token = token;
  token.mayBeKey = true;
}

export function discardKey(candidate: KeyCandidate): void {
  candidate.possible = false;
  if (candidate.token !== undefined) candidate.token.mayBeKey = false;
}

function none(): KeyCandidate {
  return {
    possible: false,
    emptyOpening: undefined,
    required: false,
    token: undefined,
    mark: { index: 0, line: 0, column: 0 },
  };
}
