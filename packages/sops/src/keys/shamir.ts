import { SopsError } from "../errors.ts";
import { type Random, systemRandom } from "../random.ts";

/**
 * Splits a secret into shares of which any `threshold` restore it: each byte is the constant term of its own random
 * polynomial over GF(2^8), each share the values at one point, whose coordinate is its last byte.
 */
export function splitSecret(
  secret: Uint8Array,
  options: { readonly shares: number; readonly threshold: number; readonly random?: Random | undefined },
): Uint8Array[] {
  const { shares, threshold, random = systemRandom } = options;
  if (threshold < 2 || threshold > shares || shares > 255) {
    throw new SopsError("InvalidRule", `cannot split a key into ${shares} shares of which ${threshold} are needed`);
  }
  const polynomials = Array.from(secret, (byte) => [byte, ...random(threshold - 1)]);
  return Array.from({ length: shares }, (_, index) => {
    const x = index + 1;
    return Uint8Array.from([...polynomials.map((coefficients) => evaluate(coefficients, x)), x]);
  });
}

/** Restores a secret. Too few or foreign shares give a wrong secret, not an error. @throws SopsError `InvalidMetadata` */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array {
  const length = shares[0]?.length ?? 0;
  const points = shares.map((share) => share.at(-1) ?? 0);
  if (shares.length < 2 || length < 2 || shares.some((share) => share.length !== length)) {
    throw new SopsError("InvalidMetadata", "the shares of the data key do not belong together");
  }
  if (new Set(points).size !== points.length || points.includes(0)) {
    throw new SopsError("InvalidMetadata", "two groups hold the same share of the data key");
  }
  const weights = points.map((point) => lagrangeAtZero(point, points));
  return Uint8Array.from({ length: length - 1 }, (_, index) =>
    shares.reduce((sum, share, of) => sum ^ multiply(share[index] ?? 0, weights[of] ?? 0), 0),
  );
}

function evaluate(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => multiply(sum, x) ^ coefficient, 0);
}

function lagrangeAtZero(point: number, points: readonly number[]): number {
  return points
    .filter((other) => other !== point)
    .reduce((product, other) => multiply(product, multiply(other, invert(other ^ point))), 1);
}

/** Multiplies in GF(2^8) modulo x^8+x^4+x^3+x+1, in the same time for all operands. */
function multiply(left: number, right: number): number {
  let product = 0;
  let shifted = left;
  for (let bit = 0; bit < 8; bit++) {
    product ^= shifted & -((right >> bit) & 1);
    shifted = ((shifted << 1) ^ (0x11b & -((shifted >> 7) & 1))) & 0xff;
  }
  return product;
}

/** The field has 255 other elements, so the 254th power is the inverse. */
function invert(value: number): number {
  let result = 1;
  let power = value;
  for (let bit = 1; bit < 8; bit++) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}
