import {
  type Branch,
  encryptDocument,
  formatPlain,
  getAt,
  isBranch,
  isEncryptedDocument,
  isList,
  isSameKey,
  type KeyGroup,
  nameOf,
  openDocument,
  type OpenDocument,
  parseJsonValue,
  parseKeys,
  parsePlain,
  parseValuePath,
  readDocumentMetadata,
  removeAt,
  rotateDocument,
  sealDocument,
  setAt,
  updateKeys,
} from "@sluice/sops";
import { CliError, usageError } from "../../errors.ts";
import { editPrivately } from "./edit.ts";
import { userKeyServices } from "./key-services.ts";
import { encryptionFor, indentFor, ruleFor } from "./rules.ts";
import type { SopsInvocation } from "./sops-invocation.ts";
import { readTarget, type Target, writeResult } from "./target.ts";

type Verb = (invocation: SopsInvocation, args: readonly string[]) => Promise<void>;

const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ["encrypt", encrypt],
  ["decrypt", decrypt],
  ["edit", edit],
  ["set", set],
  ["unset", unset],
  ["rotate", rotate],
  ["updatekeys", changeKeys],
  ["filestatus", status],
]);

/** Runs a command line of `sops`: a verb, a flag that means one, or a file to be edited. */
export async function runSops(invocation: SopsInvocation): Promise<void> {
  const { args, flags } = invocation;
  const [first = "", ...others] = args;
  const verb = verbs.get(first);
  if (verb !== undefined) return verb(invocation, others);
  const asked = [flags.encrypt, flags.decrypt, flags.rotate, flags.set !== ""].filter(Boolean);
  if (asked.length > 1) throw usageError("--encrypt, --decrypt, --rotate and --set exclude each other");
  if (flags.encrypt) return encrypt(invocation, args);
  if (flags.decrypt || flags.extract !== "") return decrypt(invocation, args);
  if (flags.rotate) return rotate(invocation, args);
  if (flags.set === "") return edit(invocation, args);
  const at = flags.set.lastIndexOf("] ");
  if (at === -1) throw usageError('write --set as ["key"] followed by a space and JSON');
  return set(invocation, [first, flags.set.slice(0, at + 1), flags.set.slice(at + 2)]);
}

async function encrypt(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const { flags, io } = invocation;
  const target = await readTarget(invocation, onlyFile(args));
  const result = await encryptDocument(target.content, target.format, {
    ...encryptionFor(invocation, target.name),
    services: userKeyServices(io),
    now: new Date(io.now()),
    signal: io.signal,
    outputFormat: target.format === "binary" ? "binary" : target.outputFormat,
    indent: indentFor(invocation, target.name, target.outputFormat),
  });
  writeResult(invocation, args[0] ?? "", result, { inPlace: flags["in-place"] });
}

async function decrypt(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const { flags } = invocation;
  const target = await readTarget(invocation, onlyFile(args));
  const { documents } = await open(invocation, target);
  const indent = indentFor(invocation, target.name, target.outputFormat);
  const result =
    flags.extract === ""
      ? formatPlain(documents, target.outputFormat, { indent })
      : extract(documents, target, flags.extract, indent);
  writeResult(invocation, args[0] ?? "", result, { inPlace: flags["in-place"] });
}

/** A text by itself, a collection as a document, any other value as JSON. */
function extract(documents: readonly Branch[], target: Target, path: string, indent: number | undefined): Uint8Array {
  const [document] = documents;
  const value = document === undefined ? null : getAt(document, parseValuePath(path));
  if (isBranch(value)) return formatPlain([value], target.outputFormat, { indent });
  if (isList(value)) throw usageError("--extract can take out a value or a mapping, not a list");
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === "object" && value !== null ? value.text : String(value));
}

async function edit(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const { io } = invocation;
  const target = await readTarget(invocation, onlyFile(args));
  const opened = await open(invocation, target);
  const before = formatPlain(opened.documents, target.format);
  const after = await editPrivately(before, target.name, io);
  if (Buffer.compare(before, after) === 0) {
    throw new CliError("Aborted", "the file was not changed");
  }
  reseal(invocation, args[0] ?? "", target, { ...opened, documents: parsePlain(after, target.format) });
}

async function set(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const [file, path, value, ...others] = args;
  if (path === undefined || value === undefined || others.length > 0)
    throw usageError("usage: sops set FILE PATH JSON");
  await change(invocation, file, (document) => setAt(document, parseValuePath(path), parseJsonValue(value)));
}

async function unset(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const [file, path, ...others] = args;
  if (path === undefined || others.length > 0) throw usageError("usage: sops unset FILE PATH");
  await change(invocation, file, (document) => removeAt(document, parseValuePath(path)));
}

async function change(
  invocation: SopsInvocation,
  file: string | undefined,
  by: (document: Branch) => Branch,
): Promise<void> {
  const target = await readTarget(invocation, file);
  const opened = await open(invocation, target);
  const [first, ...rest] = opened.documents;
  if (first === undefined) throw new CliError("Failed", "the file is empty");
  reseal(invocation, file ?? "", target, { ...opened, documents: [by(first), ...rest] });
}

/** Writes an edited document back to its file: these verbs know no other place. */
function reseal(invocation: SopsInvocation, file: string, target: Target, opened: OpenDocument): void {
  const { io } = invocation;
  const indent = indentFor(invocation, target.name, target.format);
  writeResult(invocation, file, sealDocument(opened, { now: new Date(io.now()), indent }), { inPlace: true });
}

async function rotate(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const { flags, io } = invocation;
  const target = await readTarget(invocation, onlyFile(args));
  const opened = await open(invocation, target);
  const createdAt = new Date(io.now()).toISOString().replace(/\.\d+Z$/, "Z");
  const added = parseKeys({ createdAt, age: flags["add-age"], pgp: flags["add-pgp"] });
  const removed = parseKeys({ createdAt, age: flags["rm-age"], pgp: flags["rm-pgp"] });
  const result = await rotateDocument(opened, {
    services: userKeyServices(io),
    now: new Date(io.now()),
    signal: io.signal,
    keyGroups: changedGroups(opened.metadata.keyGroups, added, removed),
    indent: indentFor(invocation, target.name, target.format),
  });
  writeResult(invocation, args[0] ?? "", result, { inPlace: flags["in-place"] });
}

/** New keys join the first group; a group that loses its last key is gone. */
function changedGroups(groups: readonly KeyGroup[], added: KeyGroup, removed: KeyGroup): KeyGroup[] {
  return groups
    .map((group, index) => {
      const fresh = index === 0 ? added.filter((key) => !group.some((other) => isSameKey(key, other))) : [];
      return [...group, ...fresh].filter((key) => !removed.some((other) => isSameKey(key, other)));
    })
    .filter((group) => group.length > 0);
}

async function changeKeys(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const { flags, io } = invocation;
  const target = await readTarget(invocation, onlyFile(args));
  const rule = ruleFor(invocation, target.name);
  if (rule === undefined) throw new CliError("NotFound", "there is no .sops.yaml with creation rules for this file");
  const before = readDocumentMetadata(target.content, target.format).keyGroups.flat().map(nameOf);
  const after = rule.keyGroups.flat().map(nameOf);
  const lines = [
    ...after.filter((name) => !before.includes(name)).map((name) => `+ ${name}`),
    ...before.filter((name) => !after.includes(name)).map((name) => `- ${name}`),
  ];
  if (lines.length === 0 && before.length === after.length) {
    io.stderr.write(`${args[0] ?? ""}: the keys are as .sops.yaml says\n`);
    return;
  }
  io.stderr.write(`${lines.join("\n")}\n`);
  if (!flags.yes) {
    const { confirm } = await import("../../io/prompt.ts");
    await confirm(io, "Change the keys");
  }
  const result = await updateKeys(target.content, target.format, {
    services: userKeyServices(io),
    keyGroups: rule.keyGroups,
    shamirThreshold: rule.shamirThreshold,
    signal: io.signal,
    indent: indentFor(invocation, target.name, target.format),
  });
  writeResult(invocation, args[0] ?? "", result, { inPlace: true });
}

async function status(invocation: SopsInvocation, args: readonly string[]): Promise<void> {
  const target = await readTarget(invocation, onlyFile(args));
  const encrypted = isEncryptedDocument(target.content, target.format);
  invocation.io.stdout.write(`${JSON.stringify({ encrypted })}\n`);
}

function open({ flags, io }: SopsInvocation, target: Target): Promise<OpenDocument> {
  return openDocument(target.content, target.format, {
    services: userKeyServices(io),
    mac: flags["ignore-mac"] ? "ignore" : "verify",
    signal: io.signal,
  });
}

function onlyFile(args: readonly string[]): string | undefined {
  if (args.length > 1) throw usageError("name one file");
  return args[0];
}
