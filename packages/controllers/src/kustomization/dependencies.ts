import { formatKey, isConditionTrue, ConditionType, keyOf, type Kustomization, type ObjectKey } from "@sluice/api";
import { KustomizationError } from "./errors.ts";
import { formatSource, sourceOf } from "./source-reference.ts";

/** The Kustomizations that this one depends on, in the order of its spec. */
export function dependenciesOf(object: Kustomization): ObjectKey[] {
  const own = object.metadata.namespace ?? "";
  return (object.spec.dependsOn ?? []).map(({ name, namespace }) => ({
    namespace: namespace === undefined || namespace === "" ? own : namespace,
    name,
  }));
}

/** Finds a Kustomization as the API server has it now. */
export type FindKustomization = (key: ObjectKey) => Promise<Kustomization | undefined>;

/**
 * Throws {@link KustomizationError} for the first dependency that is not ready: it must exist, be Ready for its present
 * generation, and, when both come from the same source, have applied the very revision that is about to be applied.
 */
export async function checkDependencies(
  object: Kustomization,
  context: { readonly revision: string; readonly waitText: string; readonly find: FindKustomization },
): Promise<void> {
  for (const key of dependenciesOf(object)) {
    const dependency = await context.find(key);
    const problem = whyNotReady(object, dependency, context.revision);
    if (problem === undefined) continue;
    const cycle = await findCycle(object, context.find);
    if (cycle !== undefined) {
      throw new KustomizationError("DependencyCycle", `dependency cycle: ${cycle.join(" -> ")}`);
    }
    throw new KustomizationError("DependencyNotReady", `dependency '${formatKey(key)}' ${problem}`, {
      eventMessage: `Dependencies do not meet ready condition, retrying in ${context.waitText}`,
    });
  }
}

/** What keeps the dependent from going on; `undefined` when nothing does. */
export function whyNotReady(
  dependent: Kustomization,
  dependency: Kustomization | undefined,
  revision: string,
): string | undefined {
  if (dependency === undefined) return "not found";
  const { status, metadata } = dependency;
  if (status?.observedGeneration !== metadata.generation) return "is not ready";
  if (!isConditionTrue(status?.conditions, ConditionType.Ready)) return "is not ready";
  const isSameSource = formatSource(sourceOf(dependency)) === formatSource(sourceOf(dependent));
  if (isSameSource && status?.lastAppliedRevision !== revision) return "revision is not up to date";
  return undefined;
}

/** The way from the object back to itself along `dependsOn`, ends included; `undefined` when there is none. */
export async function findCycle(object: Kustomization, find: FindKustomization): Promise<string[] | undefined> {
  const start = formatKey(keyOf(object));
  const visited = new Set<string>();
  const walk = async (each: Kustomization, path: readonly string[]): Promise<string[] | undefined> => {
    for (const key of dependenciesOf(each)) {
      const name = formatKey(key);
      if (name === start) return [...path, name];
      if (visited.has(name)) continue;
      visited.add(name);
      const next = await find(key);
      const cycle = next === undefined ? undefined : await walk(next, [...path, name]);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  };
  return walk(object, [start]);
}

/**
 * Orders objects so that each comes after those it depends on. Dependencies outside the list do not count; members
 * of a cycle keep their order.
 */
export function inDependencyOrder(objects: readonly Kustomization[]): Kustomization[] {
  const byName = new Map(objects.map((object) => [formatKey(keyOf(object)), object]));
  const ordered = new Set<Kustomization>();
  const entered = new Set<Kustomization>();
  const visit = (object: Kustomization): void => {
    if (entered.has(object)) return;
    entered.add(object);
    for (const key of dependenciesOf(object)) {
      const dependency = byName.get(formatKey(key));
      if (dependency !== undefined) visit(dependency);
    }
    ordered.add(object);
  };
  for (const object of objects) visit(object);
  return [...ordered];
}
