/** The first line in which two texts differ, both versions quoted. */
export function firstDifference(want: string, got: string): string {
  const wanted = want.split("\n");
  const gotten = got.split("\n");
  const length = Math.max(wanted.length, gotten.length);
  for (let index = 0; index < length; index++) {
    if (wanted[index] === gotten[index]) continue;
    return `line ${index + 1}\n  want ${JSON.stringify(wanted[index])}\n  got  ${JSON.stringify(gotten[index])}`;
  }
  return "no line differs";
}
