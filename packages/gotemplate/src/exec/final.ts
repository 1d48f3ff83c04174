import type { Value } from "../value/value.ts";

/** Stands for the value that no earlier command of the pipeline brings. */
export const NO_FINAL: unique symbol = Symbol("no final argument");

/** The result of the earlier command, which becomes the last argument. */
export type Final = Value | typeof NO_FINAL;
