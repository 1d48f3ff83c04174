import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { quoteText } from "../printf/quote.ts";
import { fromBytes, toBytes } from "../value/bytes.ts";
import { getKey, hasKey } from "../value/map.ts";
import { kindOf, type Value, type ValueMap } from "../value/value.ts";

/** Where a piece of a URL stands: what must be escaped depends on it. */
type Place = "path" | "user" | "fragment" | "host";

const unescapedMarks: Readonly<Record<Place, string>> = {
  path: "$&+,/:;=@",
  user: "$&+,;=",
  fragment: "$&+,/:;=?@!()*",
  host: "!$&'()*+,;=:[]<>\"",
};

function escape(text: string, place: Place): string {
  let result = "";
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    const isPlain = byte < 0x80 && (/[A-Za-z0-9\-_.~]/.test(character) || unescapedMarks[place].includes(character));
    result += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}

function unescape(text: string): string {
  const mistake = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
  if (mistake !== null) throw new FunctionError(`invalid URL escape ${quoteText(mistake[0])}`);
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === "%") {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 3;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      bytes.push(...toBytes(character));
      at += character.length;
    }
  }
  return fromBytes(Uint8Array.from(bytes));
}

interface Url {
  readonly scheme: string;
  readonly opaque: string;
  /** Escaped as written; `undefined` without any. */
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

function splitScheme(text: string): readonly [string, string] {
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
  if (match !== null) return [match[1] ?? "", text.slice(match[0].length)];
  if (text.startsWith(":")) throw new FunctionError("missing protocol scheme");
  return ["", text];
}

/** `user:password` with each half in its normal escape. */
function userText(raw: string): string {
  if (/[^A-Za-z0-9\-._:~!$&'()*+,;=%@]/.test(raw)) throw new FunctionError("net/url: invalid userinfo");
  const colon = raw.indexOf(":");
  if (colon < 0) return escape(unescape(raw), "user");
  return `${escape(unescape(raw.slice(0, colon)), "user")}:${escape(unescape(raw.slice(colon + 1)), "user")}`;
}

function checkHost(host: string): string {
  const bracket = host.lastIndexOf("]");
  if (host.startsWith("[") && bracket < 0) throw new FunctionError("missing ']' in host");
  const colon = host.startsWith("[") ? bracket + 1 : host.lastIndexOf(":");
  const port = colon < 0 ? "" : host.slice(colon);
  if (port !== "" && !/^:[0-9]*$/.test(port)) throw new FunctionError(`invalid port ${quoteText(port)} after host`);
  const invalid = /[ \\^`{|}]/.exec(host);
  if (invalid !== null) throw new FunctionError(`invalid character ${quoteText(invalid[0])} in host name`);
  return unescape(host);
}

function parseUrl(text: string, what: string): Url {
  try {
    return parseParts(text);
  } catch (error) {
    if (error instanceof FunctionError)
      throw new FunctionError(`unable to parse ${what}: parse ${quoteText(text)}: ${error.message}`);
    throw error;
  }
}

function parseParts(text: string): Url {
  const hash = text.indexOf("#");
  const fragment = hash < 0 ? "" : unescape(text.slice(hash + 1));
  const whole = hash < 0 ? text : text.slice(0, hash);
  if (/[\0-\x1f\x7f]/.test(whole)) throw new FunctionError("net/url: invalid control character in URL");
  const [scheme, afterScheme] = splitScheme(whole);
  const question = afterScheme.indexOf("?");
  const query = question < 0 ? "" : afterScheme.slice(question + 1);
  let rest = question < 0 ? afterScheme : afterScheme.slice(0, question);
  const empty = { scheme: scheme.toLowerCase(), userinfo: undefined, host: "", query, fragment };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...empty, opaque: rest, path: "" };
    if (/^[^/]*:/.test(rest)) throw new FunctionError("first path segment in URL cannot contain colon");
  }
  if (!rest.startsWith("//") || (scheme === "" && rest.startsWith("///")))
    return { ...empty, opaque: "", path: unescape(rest) };
  const slash = rest.indexOf("/", 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  rest = slash < 0 ? "" : rest.slice(slash);
  const at = authority.lastIndexOf("@");
  return {
    ...empty,
    opaque: "",
    userinfo: at < 0 ? undefined : userText(authority.slice(0, at)),
    host: checkHost(authority.slice(at + 1)),
    path: unescape(rest),
  };
}

/** The host without port and brackets. */
function hostname(host: string): string {
  const withoutPort = host.replace(/:[0-9]*$/, (port, offset: number) =>
    host.startsWith("[") && host.lastIndexOf("]") > offset ? port : "",
  );
  return withoutPort.startsWith("[") && withoutPort.endsWith("]") ? withoutPort.slice(1, -1) : withoutPort;
}

function urlParse(text: string): ValueMap {
  const { scheme, opaque, userinfo, host, path, query, fragment } = parseUrl(text, "url");
  return { scheme, host, hostname: hostname(host), path, query, opaque, fragment, userinfo: userinfo ?? "" };
}

function stringField(map: ValueMap, key: string): string {
  if (!hasKey(map, key)) return "";
  const value: Value = getKey(map, key);
  if (value === null) throw new FunctionError("runtime error: invalid memory address or nil pointer dereference");
  if (typeof value !== "string")
    throw new FunctionError(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
  return value;
}

function urlJoin(map: ValueMap): string {
  const scheme = stringField(map, "scheme");
  const host = stringField(map, "host");
  const path = stringField(map, "path");
  const query = stringField(map, "query");
  const opaque = stringField(map, "opaque");
  const fragment = stringField(map, "fragment");
  const userinfo = stringField(map, "userinfo");
  const user = userinfo === "" ? "" : `${parseUrl(`proto://${userinfo}@host`, "userinfo in dict").userinfo ?? ""}@`;
  let text = scheme === "" ? "" : `${scheme}:`;
  if (opaque !== "") text += opaque;
  else {
    if (scheme !== "" || host !== "" || user !== "") {
      if (host !== "" || path !== "" || user !== "") text += "//";
      text += user + escape(host, "host");
    }
    const escaped = escape(path, "path");
    if (escaped !== "" && !escaped.startsWith("/") && host !== "") text += "/";
    if (text === "" && /^[^/]*:/.test(escaped)) text += "./";
    text += escaped;
  }
  if (query !== "") text += `?${query}`;
  return fragment === "" ? text : `${text}#${escape(fragment, "fragment")}`;
}

export const urlFunctions: FuncMap = {
  urlParse: fn(["string"], urlParse),
  urlJoin: fn(["map"], urlJoin),
};
