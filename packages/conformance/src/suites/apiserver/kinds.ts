import { formatApiVersion, isStableVersion, kubernetesResources } from "@sluice/api";

/** What a scenario's short paths stand for. */
export interface ScenarioKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The kinds that scenarios name by their resource alone: built-in ones, and those that the scenario declares. */
export class ScenarioKinds {
  readonly #kinds = new Map<string, ScenarioKind>();

  constructor(parent?: ScenarioKinds) {
    if (parent !== undefined) for (const [plural, kind] of parent.#kinds) this.#kinds.set(plural, kind);
    else for (const [plural, kind] of builtins()) this.#kinds.set(plural, kind);
  }

  declare(plural: string, kind: ScenarioKind): void {
    this.#kinds.set(plural, kind);
  }

  get(plural: string): ScenarioKind {
    const kind = this.#kinds.get(plural);
    if (kind === undefined) throw new RangeError(`no kind ${plural} is known to the scenario`);
    return kind;
  }
}

function* builtins(): Iterable<[string, ScenarioKind]> {
  const seen = new Set<string>();
  for (const resource of kubernetesResources) {
    if (!isStableVersion(resource.version) || seen.has(resource.plural)) continue;
    seen.add(resource.plural);
    const { kind, namespaced } = resource;
    yield [resource.plural, { apiVersion: formatApiVersion(resource), kind, namespaced }];
  }
}

/** The path of a collection: `/apis/apps/v1/namespaces/NAMESPACE/deployments`. */
export function collectionPath({ apiVersion, namespaced }: ScenarioKind, plural: string, namespace: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`;
}
