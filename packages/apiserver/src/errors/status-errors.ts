import { StatusError, type StatusCause, type StatusDetails, type StatusReason } from "@sluice/api";

/** A resource as messages name it: `deployments.apps`, `configmaps`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `resource.group`, or just the resource for the core group. */
export function formatGroupResource({ group, resource }: GroupResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** Builds the error for any code and reason. Absent details stay absent in the answer. */
export function statusError(code: number, reason: StatusReason, message: string, details?: StatusDetails): StatusError {
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...(reason === "" ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

function detailsOf({ group, resource }: GroupResource, name: string, more: StatusDetails = {}): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(group === "" ? {} : { group }),
    ...(resource === "" ? {} : { kind: resource }),
    ...more,
  };
}

export function notFound(resource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(resource)} "${name}" not found`;
  return statusError(404, "NotFound", message, detailsOf(resource, name));
}

export function alreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${formatGroupResource(resource)} "${name}" already exists`;
  return statusError(409, "AlreadyExists", message, detailsOf(resource, name));
}

export function conflict(
  resource: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const message = `Operation cannot be fulfilled on ${formatGroupResource(resource)} "${name}": ${why}`;
  return statusError(409, "Conflict", message, detailsOf(resource, name, causes === undefined ? {} : { causes }));
}

/** The answer to an update that was made from an older revision. */
export function modifiedConflict(resource: GroupResource, name: string): StatusError {
  return conflict(
    resource,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

export function forbidden(
  resource: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const subject = formatGroupResource(resource);
  const message = name === "" ? `${subject} is forbidden: ${why}` : `${subject} "${name}" is forbidden: ${why}`;
  return statusError(
    403,
    "Forbidden",
    resource.resource === "" ? `forbidden: ${why}` : message,
    detailsOf(resource, name, causes === undefined ? {} : { causes }),
  );
}

export function badRequest(message: string): StatusError {
  return statusError(400, "BadRequest", message);
}

export function unauthorized(): StatusError {
  return statusError(401, "Unauthorized", "Unauthorized");
}

export function methodNotSupported(resource: GroupResource, verb: string): StatusError {
  const message = `${verb} is not supported on resources of kind "${formatGroupResource(resource)}"`;
  return statusError(405, "MethodNotAllowed", message, detailsOf(resource, ""));
}

export function internalError(message: string): StatusError {
  return statusError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export function expired(message: string): StatusError {
  return statusError(410, "Expired", message);
}

export function unsupportedMediaType(supported: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${supported.join(", ")}`;
  return statusError(415, "UnsupportedMediaType", message);
}

const mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const streamTypes = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];

/** The answer to a request that accepts none of the media types of its path; those of collections can stream. */
export function notAcceptable(isCollection: boolean): StatusError {
  const types = isCollection ? [...mediaTypes, ...streamTypes] : mediaTypes;
  return statusError(406, "NotAcceptable", `406: Not Acceptable\n\nAvailable representations: ${types.join(", ")}`, {});
}

/** The answer to a request that wants an object to be turned into what it cannot be turned into. */
export function noSuchRepresentation(): StatusError {
  return statusError(406, "NotAcceptable", `only the following media types are accepted: ${mediaTypes.join(", ")}`);
}

export function entityTooLarge(message: string): StatusError {
  return statusError(413, "RequestEntityTooLarge", message);
}

/** The answer of a path that nothing serves. */
export function unknownPath(): StatusError {
  return statusError(404, "NotFound", "the server could not find the requested resource", {});
}
