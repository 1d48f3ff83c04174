import type { Io } from "../io/io.ts";
import type { Messages } from "../io/messages.ts";
import type { Flags, FlagValues } from "./flag.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** One call of a command: what stood on the command line, and the world to act on. */
export interface Invocation<F extends Flags = Flags> {
  /** What is left beside command names and flags, in order. */
  readonly args: readonly string[];
  /** Every flag of the command and of those above it, with its initial value where it was not given. */
  readonly flags: FlagValues<F & GlobalFlags>;
  /** Whether a flag stood on the command line. */
  isSet(name: string): boolean;
  readonly io: Io;
  readonly say: Messages;
}

/** Returns the exit status; nothing means 0. Failures are thrown. */
export type Outcome = Promise<number | void>;

/** What shell completion offers for an argument. */
export type ArgumentCompleter = (invocation: Invocation, word: string) => Promise<readonly string[]>;

/** A node of the command tree: a verb, a noun under a verb, or the program itself. */
export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  /** What follows the name in the usage line: `[name]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The first paragraph of the help; the summary when empty. */
  readonly description: string;
  /** Lines of a shell, already indented. `$0` stands for the program's name. */
  readonly example: string;
  readonly flags: Flags;
  /** Flags of all commands below as well. */
  readonly persistentFlags: Flags;
  readonly commands: readonly Command[];
  readonly hidden: boolean;
  readonly completeArguments?: ArgumentCompleter;
  run?(invocation: Invocation): Outcome;
}

/** What a command is made of. `inherits` lists the persistent flags of its parents, for the types alone. */
export interface CommandDefinition<F extends Flags, P extends Flags> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage?: string;
  readonly summary: string;
  readonly description?: string;
  readonly example?: string;
  readonly flags?: F;
  readonly inherits?: P;
  readonly completeArguments?: ArgumentCompleter;
  readonly hidden?: boolean;
  run(invocation: Invocation<F & P>): Outcome;
}

/** A set without flags. */
export type NoFlags = { readonly [name in never]: never };

/** Makes a command that does something. */
export function defineCommand<F extends Flags = NoFlags, P extends Flags = NoFlags>(
  definition: CommandDefinition<F, P>,
): Command {
  return {
    name: definition.name,
    aliases: definition.aliases ?? [],
    usage: definition.usage ?? "",
    summary: definition.summary,
    description: definition.description ?? "",
    example: definition.example ?? "",
    flags: definition.flags ?? {},
    persistentFlags: {},
    commands: [],
    hidden: definition.hidden ?? false,
    ...(definition.completeArguments === undefined ? {} : { completeArguments: definition.completeArguments }),
    run: (invocation) => definition.run(invocation as Invocation<F & P>),
  };
}

/** Makes a command that only holds others: `get`, `create source`. */
export function defineGroup(definition: {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly example?: string;
  readonly persistentFlags?: Flags;
  readonly commands: readonly Command[];
}): Command {
  return {
    name: definition.name,
    aliases: definition.aliases ?? [],
    usage: "",
    summary: definition.summary,
    description: definition.description ?? "",
    example: definition.example ?? "",
    flags: {},
    persistentFlags: definition.persistentFlags ?? {},
    commands: definition.commands,
    hidden: false,
  };
}
