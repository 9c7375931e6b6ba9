/**
 * Recognises RSA moduli made by the broken generator of Infineon chips (ROCA, CVE-2017-15361): such a modulus is a
 * power of 65537 modulo each of the first primes. A sound modulus passes all of these tests with a chance below 2^-27.
 */
export function isRoca(modulus: bigint): boolean {
  for (const [prime, residues] of (fingerprint ??= fingerprints())) {
    if (!residues.has(Number(modulus % BigInt(prime)))) return false;
  }
  return true;
}

const primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103];
const morePrimes = [107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167];
let fingerprint: readonly (readonly [prime: number, residues: ReadonlySet<number>])[] | undefined;

function fingerprints(): readonly (readonly [number, ReadonlySet<number>])[] {
  return [...primes, ...morePrimes].map((prime) => {
    const residues = new Set<number>();
    for (let value = 1; !residues.has(value); value = (value * (65537 % prime)) % prime) residues.add(value);
    return [prime, residues] as const;
  });
}
