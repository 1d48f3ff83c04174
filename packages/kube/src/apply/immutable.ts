import { isConflict, isInvalid } from "@sluice/api";
import { messageOf } from "@sluice/errors";

const TEXTS = [/is\simmutable/, /immutable\sfield/];

/**
 * Whether a refused dry run may mean that a field cannot be changed, so that only a new object can have it. The API
 * has no reason of its own for that: it answers Invalid or Conflict, and webhooks and validation rules answer
 * anything, so there the text decides. Errs on the side of true.
 */
export function isImmutableError(thrown: unknown): boolean {
  return isConflict(thrown) || isInvalid(thrown) || TEXTS.some((text) => text.test(messageOf(thrown)));
}
