/** Reads a length-prefixed string of SSH's binary format. */
function readString(bytes: Uint8Array, offset: number): string {
  const length = Buffer.from(bytes).readUInt32BE(offset);
  return Buffer.from(bytes.subarray(offset + 4, offset + 4 + length)).toString("latin1");
}

/**
 * Whether a private key needs a passphrase: OpenSSH's own format names its cipher, the PEM formats say so in a header.
 * A key that cannot be read counts as not encrypted; ssh will say what is wrong with it.
 */
export function isEncryptedKey(key: string): boolean {
  const openssh = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(key);
  if (openssh === null) return /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type:\s*4,\s*ENCRYPTED/m.test(key);
  const bytes = Buffer.from(openssh[1] ?? "", "base64");
  const magic = "openssh-key-v1\0";
  if (bytes.toString("latin1", 0, magic.length) !== magic || bytes.length < magic.length + 8) return false;
  return readString(bytes, magic.length) !== "none";
}
