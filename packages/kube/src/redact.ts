const rules: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g,
    "*****PRIVATE KEY*****",
  ],
  // user:password@ and token@ of URLs
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@?#"'\\]{1,2048}@/gi, "$1*****@"],
  [
    /\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:(bearer|basic|token)\s{1,4})?[^\s"',;]{1,8192}/gi,
    "$1$2 *****",
  ],
  [/\b(bearer\s{1,4})[A-Za-z0-9._~+/=-]{8,8192}/gi, "$1*****"],
  // JSON web tokens, GitHub and GitLab tokens, AWS secret ids
  [/\beyJ[A-Za-z0-9_-]{5,8192}\.[A-Za-z0-9_-]{2,8192}\.[A-Za-z0-9_-]{0,8192}/g, "*****"],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{16,255})/g, "*****"],
  // key=value and key: value. After a colon, words that begin an error message are no values.
  [
    /(?<![\w/])((?:access_token|refresh_token|id_token|client_secret|private_token|password|passwd|token|secret)["']?\s{0,2}(?:=|:(?!\s{0,2}(?:required|invalid|illegal|missing|no|forbidden|unsupported|duplicate|not|must|may|is|cannot|unable|failed)\b))\s{0,2}["']?)(?!\*)[^\s"'&,;}]{1,8192}/gi,
    "$1*****",
  ],
];

/**
 * Blots out what looks like a credential: userinfo of URLs, Authorization values, private keys, tokens and
 * `password=`-like pairs. Everything that is logged or put into an event passes through here.
 */
export function redact(text: string): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
}
