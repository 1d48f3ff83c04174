import type { Identity } from "age-encryption";
import { SopsError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { parseSshIdentity } from "./ssh-identity.ts";

/**
 * Reads identities as in age's key files: one a line, with empty lines and `#` comments between them; or one SSH
 * private key in PEM.
 * @throws SopsError `PassphraseProtected` for what only a person could unlock, `InvalidKey` with the line's number for
 * anything else that is no identity, plugins included: they would run other programs.
 */
export function parseAgeIdentities(secret: Secret<string>): Array<string | Identity> {
  const text = secret.reveal();
  if (/^(?:age-encryption\.org\/v1|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text.trimStart())) {
    throw new SopsError("PassphraseProtected", "the age identity file is encrypted; only plain identities can be used");
  }
  if (text.trimStart().startsWith("-----BEGIN ")) return [parseSshIdentity(text)];
  return text.split("\n").flatMap((written, index) => {
    const line = written.trim();
    if (line === "" || line.startsWith("#")) return [];
    if (/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line)) return [line];
    const what = line.startsWith("AGE-PLUGIN-") ? "age plugins are not supported" : "not an age identity";
    throw new SopsError("InvalidKey", `line ${index + 1}: ${what}`);
  });
}
