import { quoteText } from "../printf/quote.ts";
import type { CommandNode, Node, OperandNode, PipeNode } from "./nodes.ts";

function dotted(fields: readonly string[]): string {
  return fields.map((field) => `.${field}`).join("");
}

function operandText(node: OperandNode): string {
  return node.type === "pipe" ? `(${nodeText(node)})` : nodeText(node);
}

function pipeText(pipe: PipeNode): string {
  const names = pipe.declarations.map(nodeText).join(", ");
  const sign = names === "" ? "" : pipe.isAssign ? " = " : " := ";
  return names + sign + pipe.commands.map(nodeText).join(" | ");
}

function commandText(command: CommandNode): string {
  return command.args.map(operandText).join(" ");
}

/** The template text of a node, normalised as Go prints it in its messages. */
export function nodeText(node: Node): string {
  switch (node.type) {
    case "text":
      return node.text;
    case "list":
      return node.nodes.map(nodeText).join("");
    case "action":
      return `{{${pipeText(node.pipe)}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.type} ${pipeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case "template": {
      const pipe = node.pipe === undefined ? "" : ` ${pipeText(node.pipe)}`;
      return `{{template ${quoteText(node.name)}${pipe}}}`;
    }
    case "break":
    case "continue":
      return `{{${node.type}}}`;
    case "pipe":
      return pipeText(node);
    case "command":
      return commandText(node);
    case "identifier":
      return node.name;
    case "variable":
      return node.name + dotted(node.fields);
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "field":
      return dotted(node.fields);
    case "chain":
      return operandText(node.node) + dotted(node.fields);
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
  }
}
