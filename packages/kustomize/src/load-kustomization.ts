import { messageOf } from "@sluice/errors";
import type { BuildContext } from "./build-context.ts";
import { KustomizeError, rephrase } from "./errors.ts";
import { kustomizationFileNames } from "./kustomization.ts";
import type { Loader } from "./loader.ts";
import {
  checkHeader,
  deprecationWarnings,
  isEmptyKustomization,
  type NormalizedKustomization,
  normalizeKustomization,
  parseKustomization,
} from "./parse-kustomization.ts";
import { joinPath } from "./posix-path.ts";

/** A kustomization and the name of its file. */
export interface LoadedKustomization {
  readonly kustomization: NormalizedKustomization;
  readonly fileName: string;
}

const decoder = new TextDecoder();

/** Reads the one kustomization of a directory. Throws `MissingKustomization` and `InvalidKustomization`. */
export function loadKustomization(loader: Loader, context: BuildContext): LoadedKustomization {
  const found = kustomizationFileNames.flatMap((name) => {
    const content = loader.find(name);
    return content === undefined ? [] : [{ name, content }];
  });
  const [file, ...others] = found;
  if (file === undefined) {
    throw new KustomizeError(
      "MissingKustomization",
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
      { file: loader.root },
    );
  }
  if (others.length > 0) {
    throw new KustomizeError("InvalidKustomization", `Found multiple kustomization files under: ${loader.root}\n`, {
      file: loader.root,
    });
  }
  const path = joinPath(loader.root, file.name);
  try {
    return {
      fileName: file.name,
      kustomization: readKustomization(decoder.decode(file.content), loader.root, context),
    };
  } catch (thrown) {
    throw rephrase(thrown, messageOf(thrown), { file: path });
  }
}

function readKustomization(content: string, root: string, context: BuildContext): NormalizedKustomization {
  const written = parseKustomization(content);
  for (const warning of deprecationWarnings(written)) context.warn(warning);
  const kustomization = normalizeKustomization(written);
  if (isEmptyKustomization(written)) throw new KustomizeError("InvalidKustomization", "kustomization.yaml is empty");
  const problems = checkHeader(kustomization);
  if (problems.length > 0) {
    throw new KustomizeError(
      "InvalidKustomization",
      `Failed to read kustomization file under ${root}:\n${problems.join("\n")}`,
    );
  }
  return kustomization;
}

/** Components and resources do not stand for each other. Throws `InvalidComponent`. */
export function checkKind(kind: string, root: string, isComponent: boolean): void {
  if (isComponent && kind !== "Component") {
    throw new KustomizeError("InvalidComponent", `expected kind 'Component' for path '${root}' but got '${kind}'`, {
      file: root,
      field: "components",
    });
  }
  if (!isComponent && kind === "Component") {
    throw new KustomizeError("InvalidComponent", `expected kind != 'Component' for path '${root}'`, {
      file: root,
      field: "resources",
    });
  }
}
