/** Reads the texts out of `Warning: 299 - "text"` headers. Other codes are not Kubernetes'. */
export function parseWarnings(header: string | readonly string[] | undefined): string[] {
  if (header === undefined) return [];
  const texts: string[] = [];
  for (const value of typeof header === "string" ? [header] : header) {
    for (const match of value.matchAll(/(?:^|,)\s*299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)) {
      texts.push((match[1] ?? "").replaceAll(/\\(.)/g, "$1"));
    }
  }
  return texts;
}
