/** Cuts digests and commit ids (40 to 128 hexadecimal digits) inside a text to their first eight. */
export function shortenHex(text: string): string {
  return text.replace(/\b[a-f0-9]{40,128}\b/g, (digits) => digits.slice(0, 8));
}
