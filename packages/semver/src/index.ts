/**
 * Semantic versions and ranges as Go's Masterminds/semver reads them: Flux's and Helm's rules, not npm's.
 * @packageDocumentation
 */
export { type Constraint, type ConstraintOptions, parseConstraint } from "./constraint.ts";
export { compareVersions, parseLooseVersion, parseStrictVersion, type Version } from "./version.ts";
