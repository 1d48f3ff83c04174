import { ArtifactError } from "./errors.ts";

/** The object that an artifact belongs to. */
export interface ArtifactOwner {
  /** As in the API; the directory is in lower case. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

function checkSegment(segment: string): string {
  if (segment === "" || segment === "." || segment === ".." || /[/\\\0]/.test(segment)) {
    throw new ArtifactError("InvalidArtifactPath", `artifact path has a part ${JSON.stringify(segment)}`);
  }
  return segment;
}

/** The directory of an owner, relative to the root: `gitrepository/flux-system/fleet`. */
export function ownerDirectory(owner: ArtifactOwner): string {
  return [owner.kind.toLowerCase(), owner.namespace, owner.name].map(checkSegment).join("/");
}

/** The path of an artifact, relative to the root: `gitrepository/flux-system/fleet/<file>`. */
export function artifactPath(owner: ArtifactOwner, file: string): string {
  return `${ownerDirectory(owner)}/${checkSegment(file)}`;
}

/** Checks a path that came from outside (a status, a URL): exactly kind, namespace, name and file. */
export function checkArtifactPath(path: string): string {
  const segments = path.split("/");
  if (segments.length !== 4) {
    throw new ArtifactError(
      "InvalidArtifactPath",
      `artifact path ${JSON.stringify(path)} is not kind/namespace/name/file`,
    );
  }
  return segments.map(checkSegment).join("/");
}
