import { compareKeys as compareAnyKeys } from "@sluice/yaml";

/** Orders keys as {@link compareAnyKeys} does, settling the common case, two letters that differ, without a copy. */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    return isAsciiLetter(left) && isAsciiLetter(right) ? left - right : compareAnyKeys(a, b);
  }
  return a.length - b.length;
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}
