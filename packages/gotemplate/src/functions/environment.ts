/** What functions take from outside: without it they are pure. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Random bytes, for passwords and keys too. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** The name of the local time zone. Default `UTC`. */
  readonly timeZone?: string;
}
