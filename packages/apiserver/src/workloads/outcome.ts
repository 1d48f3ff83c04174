import { objectsAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";

/** Asks for a fate: `sluice.dev/simulate: crash-loop`. On a pod template it holds for all its pods. */
export const simulateAnnotation = "sluice.dev/simulate";

/** Asks for a start-up time in seconds, such as `sluice.dev/simulate-start: "20"`. */
export const startAnnotation = "sluice.dev/simulate-start";

/** What becomes of a pod. */
export type Outcome =
  | "runs"
  | "completes"
  | "fails"
  | "image-pull-error"
  | "crash-loop"
  | "unschedulable"
  | "never-ready";

const outcomes: ReadonlySet<string> = new Set<Outcome>([
  "runs",
  "completes",
  "fails",
  "image-pull-error",
  "crash-loop",
  "unschedulable",
  "never-ready",
]);

const missingTag = /(?:^|[-_.])(?:broken|missing|does-not-exist|nonexistent)(?:$|[-_.])/;
const crashingTag = /(?:^|[-_.])(?:crash|crashes|crash-loop|crashloop)(?:$|[-_.])/;

/** The tag of an image reference, `""` when there is none. */
export function tagOf(image: string): string {
  const name = image.replace(/@.*$/, "");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(colon + 1) : "";
}

/**
 * Decides what becomes of a pod: its annotation says so, else a tag like `broken` cannot be pulled and a tag like
 * `crash` crashes; everything else runs, and pods that are not restarted (Jobs') run to their end.
 */
export function outcomeOf(pod: KubeObject): Outcome {
  const asked = pod.metadata.annotations?.[simulateAnnotation];
  if (asked !== undefined && outcomes.has(asked)) return asked as Outcome;
  const images = [...objectsAt(pod, "spec", "initContainers"), ...objectsAt(pod, "spec", "containers")].map(
    (container) => stringAt(container, "image") ?? "",
  );
  if (images.some((image) => missingTag.test(tagOf(image)))) return "image-pull-error";
  if (images.some((image) => crashingTag.test(tagOf(image)))) return "crash-loop";
  return stringAt(pod, "spec", "restartPolicy") === "Never" || stringAt(pod, "spec", "restartPolicy") === "OnFailure"
    ? "completes"
    : "runs";
}

/** The image that keeps a pod from starting, for messages. */
export function imageOf(pod: KubeObject): string {
  return stringAt(objectsAt(pod, "spec", "containers")[0], "image") ?? "";
}
