import type { Zone } from "./zone.ts";

/** Date and clock of an instant in its zone. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
}

/** An instant with its zone, as far as a layout needs it. */
export interface Moment {
  readonly unixSeconds: number;
  readonly nanoseconds: number;
  readonly zone: Zone;
  civil(): CivilTime;
}

export const monthNames: readonly string[] =
  "January February March April May June July August September October November December".split(" ");
export const dayNames: readonly string[] = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
