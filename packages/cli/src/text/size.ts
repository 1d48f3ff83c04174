const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Writes a number of bytes with one digit after the point, in the largest unit that leaves a whole number. */
export function formatSize(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power] ?? ""}`;
}
