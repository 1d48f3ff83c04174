/** Words of state that Blowfish begins with: 18 of the P-array, then four S-boxes of 256. */
const WORDS = 18 + 4 * 256;
const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const magic = "OrpheanBeholderScryDoubt";

let initialState: Int32Array | undefined;

/** Blowfish's constants are the fraction of pi in hexadecimal; Machin's formula gives them in a millisecond or two. */
function piWords(): Int32Array {
  const bits = BigInt(WORDS * 32);
  const one = 1n << (bits + 64n);
  const arctanOfInverse = (x: bigint): bigint => {
    let power = one / x;
    let sum = power;
    for (let n = 3n, isNegative = true; power > 0n; n += 2n, isNegative = !isNegative) {
      power /= x * x;
      sum += isNegative ? -(power / n) : power / n;
    }
    return sum;
  };
  const pi = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n);
  const fraction = (pi - 3n * one) >> 64n;
  const hex = fraction.toString(16).padStart(WORDS * 8, "0");
  return Int32Array.from({ length: WORDS }, (_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16) | 0);
}

class Blowfish {
  readonly #state: Int32Array;
  left = 0;
  right = 0;

  constructor() {
    initialState ??= piWords();
    this.#state = initialState.slice();
  }

  /** Encrypts `left` and `right` in place. */
  encrypt(): void {
    const state = this.#state;
    let left = this.left ^ (state[0] ?? 0);
    let right = this.right;
    for (let round = 1; round <= 16; round++) {
      const mixed =
        ((((state[18 + (left >>> 24)] ?? 0) + (state[274 + ((left >>> 16) & 255)] ?? 0)) ^
          (state[530 + ((left >>> 8) & 255)] ?? 0)) +
          (state[786 + (left & 255)] ?? 0)) |
        0;
      const next = right ^ mixed ^ (state[round] ?? 0);
      right = left;
      left = next;
    }
    this.left = right ^ (state[17] ?? 0);
    this.right = left;
  }

  /** Mixes a key into the P-array, then replaces the state by its own encryption, with the salt mixed in. */
  expand(key: Int32Array, salt: Int32Array | undefined): void {
    const state = this.#state;
    for (let index = 0; index < 18; index++) state[index] = (state[index] ?? 0) ^ (key[index % key.length] ?? 0);
    this.left = 0;
    this.right = 0;
    for (let index = 0; index < WORDS; index += 2) {
      if (salt !== undefined) {
        this.left ^= salt[index % 4] ?? 0;
        this.right ^= salt[(index + 1) % 4] ?? 0;
      }
      this.encrypt();
      state[index] = this.left;
      state[index + 1] = this.right;
    }
  }
}

/** Cycles through bytes and takes big-endian words. */
function wordsOf(bytes: Uint8Array, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => {
    let word = 0;
    for (let byte = 0; byte < 4; byte++) word = (word << 8) | (bytes[(index * 4 + byte) % bytes.length] ?? 0);
    return word;
  });
}

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const count = Math.min(bytes.length - at, 3) + 1;
    for (let index = 0; index < count; index++) text += alphabet[(group >> (18 - 6 * index)) & 63] ?? "";
  }
  return text;
}

/** A bcrypt hash, `$2a$10$…`, of at most 72 bytes with a salt of 16. */
export function bcryptHash(password: Uint8Array, salt: Uint8Array, cost: number): string {
  const blowfish = new Blowfish();
  const key = wordsOf(Uint8Array.from([...password, 0]), 18);
  const saltWords = wordsOf(salt, 4);
  blowfish.expand(key, saltWords);
  const saltKey = wordsOf(salt, 18);
  for (let round = 0; round < 2 ** cost; round++) {
    blowfish.expand(key, undefined);
    blowfish.expand(saltKey, undefined);
  }
  const text = wordsOf(new TextEncoder().encode(magic), 6);
  for (let at = 0; at < 6; at += 2) {
    blowfish.left = text[at] ?? 0;
    blowfish.right = text[at + 1] ?? 0;
    for (let round = 0; round < 64; round++) blowfish.encrypt();
    text[at] = blowfish.left;
    text[at + 1] = blowfish.right;
  }
  const bytes = new Uint8Array(24);
  text.forEach((word, index) => new DataView(bytes.buffer).setInt32(index * 4, word));
  // The last byte is left out, as in every implementation.
  return `$2a$${String(cost).padStart(2, "0")}$${encode(salt)}${encode(bytes.subarray(0, 23))}`;
}
