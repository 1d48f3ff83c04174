import { PatchError } from "../errors.ts";
import { quote } from "../json/go-text.ts";

/** A field that one manager would take from another. */
export interface Conflict {
  /** Who has the field. */
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** The version under which the other manager last wrote. */
  readonly apiVersion: string;
  readonly subresource?: string;
  /** `.spec.template.spec.containers[name="app"].image` */
  readonly path: string;
}

/** A conflict as the causes of a failed request's `Status` list it. */
export interface ConflictCause {
  readonly reason: "FieldManagerConflict";
  readonly message: string;
  readonly field: string;
}

/**
 * Server-side apply without force would take fields that others manage: code `Conflict`, HTTP status 409. The
 * message and {@link ConflictError.causes} are those of a real server.
 */
export class ConflictError extends PatchError {
  /** By manager, then by path; never empty. */
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super("Conflict", conflictMessage(conflicts));
    this.conflicts = conflicts;
  }

  get causes(): ConflictCause[] {
    return this.conflicts.map((conflict) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${formatManager(conflict)}`,
      field: conflict.path,
    }));
  }
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${formatManager(first)}: ${first.path}`;
  }
  const lines: string[] = [];
  let previous = "";
  for (const conflict of conflicts) {
    const manager = `${conflict.operation} ${formatManager(conflict)}`;
    if (manager !== previous) lines.push(`conflicts with ${formatManager(conflict)}:`);
    lines.push(`- ${conflict.path}`);
    previous = manager;
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function formatManager({ manager, operation, apiVersion, subresource }: Conflict): string {
  const name = subresource === undefined ? quote(manager) : `${quote(manager)} with subresource ${quote(subresource)}`;
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}
