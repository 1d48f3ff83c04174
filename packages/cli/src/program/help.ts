import type { Command } from "./command.ts";
import { boolean } from "./flag.ts";
import type { Flags } from "./flag.ts";
import { formatPath, leafOf } from "./parse.ts";

/** The help of the last command of a path, laid out as Cobra's programs do. */
export function formatHelp(program: string, path: readonly Command[]): string {
  const command = leafOf(path);
  const full = formatPath(program, path);
  const sections = [
    (command.description === "" ? command.summary : command.description).trim(),
    `Usage:\n${usageLines(full, command).join("\n")}`,
  ];
  if (command.aliases.length > 0) sections.push(`Aliases:\n  ${[command.name, ...command.aliases].join(", ")}`);
  if (command.example !== "") sections.push(`Examples:\n${command.example.replaceAll("$0", program)}`);
  const visible = command.commands.filter((each) => !each.hidden);
  if (visible.length > 0) {
    const width = Math.max(11, ...visible.map((each) => each.name.length));
    const lines = visible.map((each) => `  ${each.name.padEnd(width)} ${each.summary}`);
    sections.push(`Available Commands:\n${lines.sort().join("\n")}`);
  }
  const own = {
    ...command.persistentFlags,
    ...command.flags,
    help: boolean(`help for ${path.length === 1 ? program : command.name}`, false, { short: "h" }),
  };
  sections.push(`Flags:\n${formatFlags(own)}`);
  const inherited = Object.assign({}, ...path.slice(0, -1).map((each) => each.persistentFlags)) as Flags;
  if (Object.keys(inherited).length > 0) sections.push(`Global Flags:\n${formatFlags(inherited)}`);
  if (visible.length > 0) sections.push(`Use "${full} [command] --help" for more information about a command.`);
  return `${sections.join("\n\n")}\n`;
}

function usageLines(full: string, command: Command): string[] {
  if (command.commands.length > 0) return [`  ${full} [command]`];
  return [`  ${[full, command.usage, "[flags]"].filter((word) => word !== "").join(" ")}`];
}

function formatFlags(flags: Flags): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => flag.hidden !== true && flag.deprecated === undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const left = flag.short === undefined ? `      --${name}` : `  -${flag.short}, --${name}`;
      const right = flag.initialText === "" ? flag.description : `${flag.description} (default ${flag.initialText})`;
      return { left: flag.type === "" ? left : `${left} ${flag.type}`, right };
    });
  const width = Math.max(...rows.map((row) => row.left.length));
  return rows.map((row) => `${row.left.padEnd(width)}   ${row.right}`).join("\n");
}
