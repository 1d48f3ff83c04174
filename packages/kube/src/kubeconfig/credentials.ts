import { readFile } from "node:fs/promises";
import { messageOf } from "@sluice/errors";
import type { Clock } from "../clock.ts";
import { KubeConfigError } from "../errors.ts";
import type { ClientCertificate, Credential, Credentials } from "./rest-config.ts";

/** How long a file's content is believed before it is read again. The kubelet rotates tokens well ahead of expiry. */
const rereadAfterMs = 60_000;

/** The same credential for ever. */
export function staticCredentials(credential: Credential): Credentials {
  return { current: () => Promise.resolve(credential), refused: () => false };
}

export const anonymousCredentials: Credentials = staticCredentials({});

export function bearer(token: string): string {
  return `Bearer ${token}`;
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** A bearer token from a file that somebody else renews: read again each minute, and when the server refuses it. */
export function tokenFileCredentials(path: string, clock: Clock): Credentials {
  return rereading([path], clock, (texts) => {
    const token = (texts[0] ?? "").trim();
    if (token === "") throw new KubeConfigError("CredentialsFailed", `${path}: holds no token`);
    return { authorization: bearer(token) };
  });
}

/** A client certificate from two files. The same pair of contents gives the same object. */
export function certificateFileCredentials(
  certificate: () => Promise<string>,
  key: () => Promise<string>,
  clock: Clock,
): Credentials {
  let last: ClientCertificate | undefined;
  return cached(clock, async () => {
    const [certPem, keyPem] = await Promise.all([certificate(), key()]);
    if (last?.cert !== certPem || last.key !== keyPem) last = { cert: certPem, key: keyPem };
    return { certificate: last };
  });
}

/** Joins what several sources give; the first that has a part wins. */
export function combineCredentials(sources: readonly Credentials[]): Credentials {
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) return only;
  return {
    current: async (signal) => {
      const parts = await Promise.all(sources.map((source) => source.current(signal)));
      return parts.reduce((joined, part) => ({ ...part, ...joined }), {});
    },
    // All of them must forget, so no short-circuit.
    refused: () => sources.map((source) => source.refused()).includes(true),
  };
}

/** Reads a file that credentials are made of. */
export async function readCredentialFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new KubeConfigError("CredentialsFailed", `${path}: ${messageOf(cause)}`, { cause });
  }
}

function rereading(
  paths: readonly string[],
  clock: Clock,
  make: (texts: readonly string[]) => Credential,
): Credentials {
  return cached(clock, async () => make(await Promise.all(paths.map(readCredentialFile))));
}

function cached(clock: Clock, read: () => Promise<Credential>): Credentials {
  let last: { readonly credential: Promise<Credential>; readonly readAtMs: number } | undefined;
  return {
    current: async () => {
      const nowMs = clock.now();
      if (last === undefined || nowMs - last.readAtMs >= rereadAfterMs) {
        const before = last;
        const credential = read();
        last = { credential, readAtMs: nowMs };
        try {
          return await credential;
        } catch (error) {
          last = undefined;
          // The file is being replaced at this moment: what it said before is most likely still good.
          if (before !== undefined) return before.credential;
          throw error;
        }
      }
      return last.credential;
    },
    refused: () => {
      last = undefined;
      return true;
    },
  };
}
