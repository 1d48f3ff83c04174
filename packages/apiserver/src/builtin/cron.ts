const ranges: readonly { readonly name: string; readonly low: number; readonly high: number }[] = [
  { name: "minute", low: 0, high: 59 },
  { name: "hour", low: 0, high: 23 },
  { name: "day of month", low: 1, high: 31 },
  { name: "month", low: 1, high: 12 },
  { name: "day of week", low: 0, high: 6 },
];
const macros = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]);
const names = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)$/i;

/** What is wrong with a cron schedule; `undefined` when it is fine. */
export function cronProblem(schedule: string): string | undefined {
  const text = schedule.replace(/^(?:CRON_TZ|TZ)=\S+\s+/, "");
  if (macros.has(text) || /^@every \S+$/.test(text)) return undefined;
  if (text.startsWith("@")) return `unrecognized descriptor: ${text}`;
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  for (const [index, field] of fields.entries()) {
    const range = ranges[index];
    const problem = range === undefined ? undefined : fieldProblem(field, range);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldProblem(field: string, { low, high }: { low: number; high: number }): string | undefined {
  for (const part of field.split(",")) {
    const [span = "", step, ...rest] = part.split("/");
    if (rest.length > 0) return `too many slashes: ${part}`;
    if (step !== undefined && !/^[1-9]\d*$/.test(step)) {
      return step === "0"
        ? `step of range should be a positive number: ${part}`
        : `failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`;
    }
    if (span === "*" || span === "?") continue;
    for (const bound of span.split("-")) {
      if (names.test(bound)) continue;
      if (!/^\d+$/.test(bound))
        return `failed to parse int from ${bound}: strconv.Atoi: parsing "${bound}": invalid syntax`;
      if (Number(bound) < low) return `beginning of range (${bound}) below minimum (${low}): ${part}`;
      if (Number(bound) > high) return `end of range (${bound}) above maximum (${high}): ${part}`;
    }
  }
  return undefined;
}
