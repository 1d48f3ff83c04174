import type * as AgeLibrary from "age-encryption";
import type { Identity, Recipient } from "age-encryption";
import { messageOf } from "@sluice/errors";
import { SopsError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { type KeyService, keyServiceFor } from "../key-service.ts";
import { parseAgeIdentities } from "./identities.ts";

/**
 * Loads the library when it is first needed: it costs a tenth of a second, which programs that never see an encrypted
 * document should not pay.
 */
function loadAge(): Promise<typeof AgeLibrary> {
  return import("age-encryption");
}

/**
 * Uses age keys: X25519, hybrid post-quantum, and SSH keys. Encrypting needs no identities.
 * @param identities Texts as in age's key files, see {@link parseAgeIdentities}, which is called with each at first use.
 */
export function createAgeKeyService(identities: ReadonlyArray<Secret<string>> = []): KeyService {
  let parsed: ReadonlyArray<string | Identity> | undefined;
  return keyServiceFor("age", {
    async decrypt({ enc }) {
      parsed ??= identities.flatMap(parseAgeIdentities);
      if (parsed.length === 0) throw new SopsError("KeyServiceFailed", "no age identity was given");
      const { armor, Decrypter } = await loadAge();
      const decrypter = new Decrypter();
      try {
        for (const identity of parsed) decrypter.addIdentity(identity);
      } catch {
        throw new SopsError("InvalidKey", "one of the age identities is damaged");
      }
      try {
        return await decrypter.decrypt(armor.decode(enc));
      } catch (error) {
        // The library's messages name stanzas and formats, never keys.
        throw new SopsError("KeyServiceFailed", messageOf(error));
      }
    },
    async encrypt({ recipient }, plain) {
      const { armor, Encrypter } = await loadAge();
      const encrypter = new Encrypter();
      try {
        encrypter.addRecipient(await toRecipient(recipient));
      } catch (error) {
        if (error instanceof SopsError) throw error;
        throw new SopsError("InvalidKey", "not a valid age recipient");
      }
      const text = armor.encode(await encrypter.encrypt(plain));
      return text.endsWith("\n") ? text : `${text}\n`;
    },
  });
}

async function toRecipient(text: string): Promise<string | Recipient> {
  if (text.startsWith("ssh-")) {
    const { parseSshRecipient } = await import("./ssh-recipient.ts");
    return parseSshRecipient(text);
  }
  const isPlugin = text.startsWith("age1") && !text.startsWith("age1pq1") && text.indexOf("1", 4) !== -1;
  if (isPlugin)
    throw new SopsError("InvalidKey", "recipients of age plugins are not supported: they run other programs");
  return text;
}

/** Makes a new identity: X25519, or one that also withstands quantum computers. */
export async function generateAgeIdentity(
  kind: "x25519" | "hybrid" = "x25519",
): Promise<{ identity: string; recipient: string }> {
  const age = await loadAge();
  const identity = kind === "hybrid" ? await age.generateHybridIdentity() : await age.generateX25519Identity();
  return { identity, recipient: await age.identityToRecipient(identity) };
}

/** The recipient of a native identity. @throws SopsError `InvalidKey` */
export async function ageRecipientOf(identity: string): Promise<string> {
  const age = await loadAge();
  try {
    return await age.identityToRecipient(identity);
  } catch {
    throw new SopsError("InvalidKey", "not a valid age identity");
  }
}
