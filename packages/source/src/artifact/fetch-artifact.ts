import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "@sluice/errors";
import { type ExtractedFile, type ExtractOptions, extractArchive } from "../archive/extract-archive.ts";
import { digestOf, parseDigest } from "./digest.ts";
import { ArtifactError } from "./errors.ts";

export interface FetchArtifactOptions {
  readonly signal?: AbortSignal;
  /** What the archive may hold. Links in it are skipped unless this says otherwise, as Flux's consumers do. */
  readonly limits?: ExtractOptions;
  /** Size of the compressed archive. Default 256 MiB. */
  readonly maxDownloadBytes?: number;
  /** Attempts after the first, for failed connections and answers 429 and 5xx. Default 9. */
  readonly retries?: number;
  /** First pause between attempts, doubled each time up to 5 s. Default 100 ms. */
  readonly retryDelayMs?: number;
  /** `host[:port]` to ask instead of the URL's own (`SOURCE_CONTROLLER_LOCALHOST`). */
  readonly localhostOverride?: string;
  readonly fetch?: typeof fetch;
}

const maxDelayMs = 5_000;

function targetOf(url: string, override: string | undefined): URL {
  const target = new URL(url);
  if (override !== undefined && override !== "") target.host = override;
  return target;
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): ArtifactError =>
    new ArtifactError("DownloadFailed", `${response.url}: artifact is larger than ${maxBytes} bytes`);
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}

/** One attempt. `undefined` means: worth another one, for the reason in `note`. */
async function attempt(
  target: URL,
  options: FetchArtifactOptions,
  note: (problem: string, cause?: unknown) => void,
): Promise<Uint8Array | undefined> {
  try {
    const response = await (options.fetch ?? fetch)(target, { signal: options.signal ?? null });
    if (response.ok) return await readBody(response, options.maxDownloadBytes ?? 256 * 1024 * 1024);
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) {
      throw new ArtifactError("ArtifactNotFound", `${target.href}: artifact not found`);
    }
    if (response.status !== 429 && response.status < 500) {
      throw new ArtifactError("DownloadFailed", `${target.href}: the server answered ${response.status}`);
    }
    note(`the server answered ${response.status}`);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ArtifactError) throw error;
    note(messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error), error);
  }
  return undefined;
}

/** Downloads the bytes of an artifact and checks them. Retries what may pass by itself. */
export async function downloadArtifact(
  artifact: { readonly url: string; readonly digest: string },
  options: FetchArtifactOptions = {},
): Promise<Uint8Array> {
  const digest = parseDigest(artifact.digest);
  const target = targetOf(artifact.url, options.localhostOverride);
  let problem = "";
  let cause: unknown;
  for (let tries = 0; tries <= (options.retries ?? 9); tries++) {
    if (tries > 0) {
      const pause = Math.min((options.retryDelayMs ?? 100) * 2 ** (tries - 1), maxDelayMs);
      await delay(pause, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
        (error: unknown) => {
          options.signal?.throwIfAborted();
          throw error;
        },
      );
    }
    const bytes = await attempt(target, options, (text, thrown) => {
      problem = text;
      cause = thrown;
    });
    if (bytes === undefined) continue;
    const actual = digestOf(bytes, digest.algorithm);
    if (actual === artifact.digest) return bytes;
    throw new ArtifactError("DigestMismatch", `${target.href}: artifact has digest ${actual}, not ${artifact.digest}`);
  }
  throw new ArtifactError("DownloadFailed", `${target.href}: ${problem}`, { cause });
}

/**
 * Downloads an artifact, checks its digest and unpacks it into memory: relative path → file, sorted by path.
 *
 * @throws ArtifactError `ArtifactNotFound` when it has been collected already, `DigestMismatch`, `DownloadFailed`
 * @throws ArchiveError when the archive is unsafe or too large
 * @throws the signal's reason when it is aborted
 */
export async function fetchArtifact(
  artifact: { readonly url: string; readonly digest: string },
  options: FetchArtifactOptions = {},
): Promise<ReadonlyMap<string, ExtractedFile>> {
  const bytes = await downloadArtifact(artifact, options);
  return extractArchive(bytes, { links: "skip", ...options.limits });
}
