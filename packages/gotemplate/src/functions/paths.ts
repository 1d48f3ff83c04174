import { type GoFunction } from "../value/value.ts";
import { type FuncMap, fn } from "../exec/function.ts";

/** The shortest equal path, as Go's `path.Clean`. */
function clean(path: string): string {
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isRooted) parts.push("..");
  }
  const joined = (isRooted ? "/" : "") + parts.join("/");
  return joined === "" ? "." : joined;
}

function base(path: string): string {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

/** `path` and, as on Linux, `filepath`. */
const functions: Readonly<Record<string, GoFunction>> = {
  base: fn(["string"], base),
  dir: fn(["string"], (path) => clean(path.slice(0, path.lastIndexOf("/") + 1))),
  clean: fn(["string"], clean),
  ext: fn(["string"], extension),
  isAbs: fn(["string"], (path) => path.startsWith("/")),
};

function osName(name: string): string {
  return `os${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

export const pathFunctions: FuncMap = {
  ...functions,
  ...Object.fromEntries(Object.entries(functions).map(([name, body]) => [osName(name), body])),
};
