/**
 * Go's `text/template` with Go's values, `fmt` and sprig.
 *
 * @example
 * ```ts
 * import { TemplateSet } from "@sluice/gotemplate";
 *
 * const set = new TemplateSet();
 * set.parse("greeting", "Hello {{ .name | printf \"%q\" }}!");
 * set.execute("greeting", { name: "world" }); // 'Hello "world"!'
 * ```
 * @packageDocumentation
 */
export { FunctionError, LimitError, TemplateError, type TemplateErrorCode, type TemplateErrorPlace } from "./errors.ts";
export type { ExecutionLimits, MissingKey } from "./exec/execution.ts";
export { fn, fnWithExecution, type FuncMap } from "./exec/function.ts";
export { GoSequence } from "./exec/sequence.ts";
export { TemplateSet, type TemplateSetOptions } from "./exec/template-set.ts";
export type { Delimiters } from "./parse/lexer.ts";
export { sprint, sprintf, sprintln } from "./printf/sprintf.ts";
export {
  type Executor,
  GoFunction,
  type Param,
  type ParamType,
  type Templates,
  GoInt,
  GoObject,
  type GoType,
  GoValue,
  int,
  type IntegerType,
  type Kind,
  kindOf,
  typeName,
  type Value,
  type ValueMap,
  withGoType,
} from "./value/value.ts";
export type { Environment } from "./functions/environment.ts";
export { sprigFunctions } from "./functions/sprig.ts";
export { helmFunctions } from "./functions/yaml.ts";
