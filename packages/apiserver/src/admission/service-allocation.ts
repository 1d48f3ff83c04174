import { ServiceAllocator, wantsAddress, wantsNodePorts } from "../builtin/services.ts";
import { FieldErrors, invalidObject } from "../errors/field-errors.ts";
import { ensureObject, numberAt, objectAt, objectsAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/object.ts";
import type { Collection } from "../storage/collection.ts";

/** Gives Services the addresses and node ports that they do not name themselves. */
export class ServiceAllocation {
  readonly #services: Collection;
  readonly #allocator = new ServiceAllocator();

  constructor(services: Collection) {
    this.#services = services;
  }

  /** Completes a Service that is about to be stored. Throws a 422 for an address or a port that is taken. */
  allocate(service: KubeObject): void {
    const { namespace, name } = service.metadata;
    const others = this.#services.list("").filter(({ key }) => key !== `${namespace ?? ""}/${name}`);
    const addresses = new Set(others.map(({ object }) => stringAt(object, "spec", "clusterIP") ?? ""));
    const ports = new Set(
      others.flatMap(({ object }) => objectsAt(object, "spec", "ports").map((port) => numberAt(port, "nodePort") ?? 0)),
    );
    const errors = new FieldErrors();
    this.#allocateAddress(service, addresses, errors);
    if (wantsNodePorts(service)) this.#allocatePorts(service, ports, errors);
    if (!errors.isEmpty) throw invalidObject({ group: "", kind: "Service" }, name, errors.list);
  }

  #allocateAddress(service: KubeObject, taken: ReadonlySet<string>, errors: FieldErrors): void {
    const spec = ensureObject(service, "spec");
    if (stringAt(spec, "type") === "ExternalName") return;
    if (wantsAddress(service))
      spec["clusterIP"] = stringsAt(spec, "clusterIPs")[0] ?? this.#allocator.address((address) => taken.has(address));
    const address = stringAt(spec, "clusterIP") ?? "";
    if (address !== "None" && taken.has(address)) {
      errors.invalid(
        "spec.clusterIPs",
        [address],
        `failed to allocate IP ${address}: provided IP is already allocated`,
      );
    }
    spec["clusterIPs"] = stringsAt(spec, "clusterIPs").length > 0 ? stringsAt(spec, "clusterIPs") : [address];
    // Without a selector nothing says which addresses the endpoints will have.
    const isOpen = address === "None" && objectAt(spec, "selector") === undefined;
    spec["ipFamilyPolicy"] ??= isOpen ? "RequireDualStack" : "SingleStack";
    spec["ipFamilies"] ??= spec["ipFamilyPolicy"] === "SingleStack" ? ["IPv4"] : ["IPv4", "IPv6"];
  }

  #allocatePorts(service: KubeObject, taken: ReadonlySet<number>, errors: FieldErrors): void {
    const own = new Set(taken);
    for (const [index, port] of objectsAt(service, "spec", "ports").entries()) {
      const asked = numberAt(port, "nodePort") ?? 0;
      const field = `spec.ports[${index}].nodePort`;
      if (asked !== 0 && taken.has(asked)) errors.invalid(field, asked, "provided port is already allocated");
      else if (asked !== 0 && (asked < 30000 || asked > 32767)) {
        errors.invalid(
          field,
          asked,
          "provided port is not in the valid range. The range of valid ports is 30000-32767",
        );
      } else if (asked === 0) {
        const free = this.#allocator.port((number) => own.has(number));
        if (free !== undefined) port["nodePort"] = free;
      }
      own.add(numberAt(port, "nodePort") ?? 0);
    }
  }
}
