import { createCipheriv, createDecipheriv, createHash, createHmac, scryptSync } from "node:crypto";
import { bcryptHash } from "../crypto/bcrypt.ts";
import { FunctionError } from "../errors.ts";
import { type FuncMap, fn } from "../exec/function.ts";
import { fromBytes, toBytes } from "../value/bytes.ts";
import { checkText } from "../value/limits.ts";
import { int } from "../value/value.ts";
import { decodeBase64, encodeBase64 } from "./encoding.ts";
import type { Environment } from "./environment.ts";
import { derivedCharacters, derivedTemplates } from "./password-templates.ts";

function digest(algorithm: "sha1" | "sha256" | "sha512", text: string): string {
  return createHash(algorithm).update(toBytes(text)).digest("hex");
}

function adler32(text: string): string {
  let low = 1;
  let high = 0;
  for (const byte of toBytes(text)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return String(high * 65536 + low);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The Master Password algorithm. */
function derivePassword(counter: number, type: string, password: string, user: string, site: string): string {
  const templates = Object.hasOwn(derivedTemplates, type) ? derivedTemplates[type] : undefined;
  if (templates === undefined) return `cannot find password template ${type}`;
  const scope = Buffer.from("com.lyndir.masterpassword");
  const [userBytes, siteBytes] = [toBytes(user), toBytes(site)];
  const salt = Buffer.concat([scope, bigEndian(userBytes.length), userBytes]);
  const key = scryptSync(toBytes(password), salt, 64, { N: 32768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const message = Buffer.concat([scope, bigEndian(siteBytes.length), siteBytes, bigEndian(counter)]);
  const seed = createHmac("sha256", key).update(message).digest();
  const template = templates[(seed[0] ?? 0) % templates.length] ?? "";
  return Array.from(template, (kind, index) => {
    const characters = derivedCharacters[kind] ?? "";
    return characters[(seed[index + 1] ?? 0) % characters.length] ?? "";
  }).join("");
}

function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  Buffer.from(toBytes(password)).copy(key);
  return key;
}

function decryptAes(password: string, encrypted: string): string {
  if (encrypted === "") return "";
  const bytes = decodeBase64(encrypted);
  if (bytes.length < 16)
    throw new FunctionError(`runtime error: slice bounds out of range [:16] with capacity ${bytes.length}`);
  if (bytes.length % 16 !== 0) throw new FunctionError("crypto/cipher: input not full blocks");
  const decipher = createDecipheriv("aes-256-cbc", aesKey(password), bytes.subarray(0, 16)).setAutoPadding(false);
  const text = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const padding = text.at(-1);
  if (padding === undefined) throw new FunctionError("runtime error: index out of range [-1]");
  if (padding > text.length)
    throw new FunctionError(`runtime error: slice bounds out of range [:${text.length - padding}]`);
  return fromBytes(text.subarray(0, text.length - padding));
}

/** Hashes, passwords and randomness; the random bytes come from outside. */
export function cryptoFunctions({ randomBytes }: Environment): FuncMap {
  /** A number below a bound, without bias. */
  const randomBelow = (bound: number): number => {
    const limit = Math.floor(2 ** 32 / bound) * bound;
    for (;;) {
      const value = Buffer.from(randomBytes(4)).readUInt32BE();
      if (value < limit) return value % bound;
    }
  };
  const randomText = (count: number, alphabet: string): string => {
    checkText(count);
    let text = "";
    for (let index = 0; index < count; index++) text += alphabet[randomBelow(alphabet.length)] ?? "";
    return text;
  };
  const bcrypt = (password: string): string => {
    const bytes = toBytes(password);
    if (bytes.length > 72) return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
    return bcryptHash(bytes, randomBytes(16), 10);
  };
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const digits = "0123456789";
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
  return {
    sha1sum: fn(["string"], (text) => digest("sha1", text)),
    sha256sum: fn(["string"], (text) => digest("sha256", text)),
    sha512sum: fn(["string"], (text) => digest("sha512", text)),
    adler32sum: fn(["string"], adler32),
    derivePassword: fn(["uint32", "string", "string", "string", "string"], derivePassword),
    bcrypt: fn(["string"], bcrypt),
    htpasswd: fn(["string", "string"], (user, password) =>
      user.includes(":") ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`,
    ),
    encryptAES: fn(["string", "string"], (password, text) => {
      if (text === "") return "";
      const iv = randomBytes(16);
      const cipher = createCipheriv("aes-256-cbc", aesKey(password), iv);
      return encodeBase64(Buffer.concat([iv, cipher.update(toBytes(text)), cipher.final()]));
    }),
    decryptAES: fn(["string", "string"], decryptAes),
    randBytes: fn(["int"], (count) => {
      if (count < 0) throw new FunctionError("runtime error: makeslice: len out of range");
      checkText(count);
      return encodeBase64(randomBytes(count));
    }),
    randAlphaNum: fn(["int"], (count) => randomText(count, letters + digits)),
    randAlpha: fn(["int"], (count) => randomText(count, letters)),
    randNumeric: fn(["int"], (count) => randomText(count, digits)),
    randAscii: fn(["int"], (count) => randomText(count, printable)),
    randInt: fn(["int", "int"], (low, high) => {
      if (high <= low) throw new FunctionError("invalid argument to Intn");
      return int(BigInt(low + randomBelow(high - low)));
    }),
    shuffle: fn(["string"], (text) => {
      const characters = Array.from(text);
      for (let index = characters.length - 1; index > 0; index--) {
        const other = randomBelow(index + 1);
        [characters[index], characters[other]] = [characters[other] ?? "", characters[index] ?? ""];
      }
      return characters.join("");
    }),
    uuidv4: fn([], () => {
      const bytes = Buffer.from(randomBytes(16));
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    }),
  };
}
