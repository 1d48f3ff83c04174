import { StatusError, type KubernetesObject } from "@sluice/api";
import { ConnectionError } from "../errors.ts";
import type { WatchEvent } from "./client.ts";
import { decodeJson } from "./json.ts";
import { asFailure } from "./status-error.ts";
import { readLines } from "./watch-lines.ts";

/** Decodes a watch's body. An `ERROR` event is thrown as the `StatusError` it carries. */
export async function* readWatchEvents<T extends KubernetesObject>(
  chunks: AsyncIterable<Uint8Array>,
  place: string,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of readLines(chunks)) {
    let event: { readonly type?: unknown; readonly object?: unknown };
    try {
      event = decodeJson(line) as typeof event;
    } catch (cause) {
      throw new ConnectionError("MalformedResponse", `${place}: watch event is not JSON`, { cause });
    }
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
      case "BOOKMARK":
        yield event as WatchEvent<T>;
        break;
      case "ERROR":
        throw toWatchError(event.object, place);
      default:
        throw new ConnectionError(
          "MalformedResponse",
          `${place}: unknown watch event type ${JSON.stringify(event.type)}`,
        );
    }
  }
}

function toWatchError(object: unknown, place: string): Error {
  const status = asFailure(object);
  if (status !== undefined) return new StatusError({ ...status, code: status.code ?? 500 });
  return new ConnectionError("MalformedResponse", `${place}: watch ended with an error of unknown form`);
}
