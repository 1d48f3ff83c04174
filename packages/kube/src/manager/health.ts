import { messageOf } from "@sluice/errors";
import type { HttpAnswer } from "./http-listener.ts";

/** Throws when something is not well. */
export type HealthCheck = () => void | Promise<void>;

/** Runs all checks and answers as Kubernetes components do: `ok`, or a list that says which failed. */
export async function answerHealth(
  checks: ReadonlyMap<string, HealthCheck>,
  onFailure: (name: string, thrown: unknown) => void,
): Promise<HttpAnswer> {
  const lines = await Promise.all(
    [...checks].map(async ([name, check]) => {
      try {
        await check();
        return { isWell: true, line: `[+]${name} ok` };
      } catch (error) {
        onFailure(name, error);
        return { isWell: false, line: `[-]${name} failed: ${messageOf(error)}` };
      }
    }),
  );
  if (lines.every(({ isWell }) => isWell)) return { statusCode: 200, body: "ok" };
  return { statusCode: 500, body: `${lines.map(({ line }) => line).join("\n")}\n` };
}
