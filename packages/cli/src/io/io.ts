/** Where text goes. `columns` and `rows` are known on a terminal only. */
export interface TextSink {
  write(text: string): void;
  /** For what is not text. Absent where nobody could use it. */
  writeBytes?(bytes: Uint8Array): void;
  readonly isTTY: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Everything a command knows of the world around it, so that a test can hand it another one. */
export interface Io {
  /** The name the program was called by: `sluice` or `flux`. */
  readonly program: string;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: { readonly [name: string]: string | undefined };
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** Aborted when the user or the system asks the program to end. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}
