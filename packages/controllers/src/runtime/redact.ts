const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // user:password@ in URLs; the user may be a token as well, so both go.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi, "$1***@"],
  [
    /([?&](?:sig|signature|token|access_token|key|api_key|password|secret|x-amz-[a-z-]+|x-goog-[a-z-]+)=)[^\s&"']+/gi,
    "$1***",
  ],
  [/\b(authorization\s*[:=]\s*)(?:(?:basic|bearer)\s+)?[^\s,"']+/gi, "$1***"],
  [/\b(bearer\s+)[A-Za-z0-9._~+/-]{16,}=*/gi, "$1***"],
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, "***"],
  [/AGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]+/gi, "***"],
  [/("(?:auth|password|identitytoken|registrytoken)"\s*:\s*")[^"]*/gi, "$1***"],
];

/**
 * Masks what looks like a credential in text that people will see: URL userinfo, signed query strings, authorization
 * headers, private keys, registry logins. Guards conditions, events and logs; code that knows a value to be secret
 * must not put it into a message in the first place.
 */
export function redact(text: string): string {
  return RULES.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
