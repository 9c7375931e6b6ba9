import { constants, createHmac, KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { CryptoKey } from 'jose';

/** Whether a signature holds for what was signed. */
type QuickVerify = (key: KeyObject, signed: Buffer, signature: Buffer) => boolean;

interface Quick {
  /** What the imported key must say of itself (Web Cryptography): a key verifies with the algorithm that it was imported for. */
  readonly name: 'HMAC' | 'RSASSA-PKCS1-v1_5' | 'RSA-PSS';
  readonly hash: string;
  readonly verify: QuickVerify;
}

/**
 * Signatures whose verification costs less than handing it to another thread: shared secrets, and RSA, whose public
 * exponents are small (RFC 7518 sections 3.2, 3.3, 3.5).
 */
const quick: ReadonlyMap<string, Quick> = new Map(
  [256, 384, 512].flatMap((bits): [string, Quick][] => {
    const digest = `sha${bits}`;
    const hash = `SHA-${bits}`;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const saltLength = bits / 8;
    return [
      [`HS${bits}`, { name: 'HMAC', hash, verify: (key, signed, mac) => macHolds(digest, key, signed, mac) }],
      [
        `RS${bits}`,
        { name: 'RSASSA-PKCS1-v1_5', hash, verify: (key, signed, signature) => verify(digest, signed, key, signature) },
      ],
      [
        `PS${bits}`,
        {
          name: 'RSA-PSS',
          hash,
          verify: (key, signed, signature) => verify(digest, signed, { key, padding, saltLength }, signature),
        },
      ],
    ];
  }),
);

function macHolds(digest: string, key: KeyObject, signed: Buffer, mac: Buffer): boolean {
  const own = createHmac(digest, key).update(signed).digest();
  return own.length === mac.length && timingSafeEqual(own, mac);
}

/** Longer moduli take more than a moment. */
const longest = 4096;

/** As Web Cryptography says it of a key. */
interface OwnAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
  readonly modulusLength?: number;
}

const objects = new WeakMap<CryptoKey, KeyObject>();

/**
 * Verifies the signature of a token in compact serialization whose parts are known to be canonical base64url.
 * @returns undefined where the algorithm is none of these, or the key was imported for another
 */
export function verifyQuickly(
  algorithm: string,
  key: CryptoKey,
  signed: string,
  signature: string,
): boolean | undefined {
  const found = quick.get(algorithm);
  const own = key.algorithm as OwnAlgorithm;
  if (found === undefined || own.name !== found.name || own.hash?.name !== found.hash) return undefined;
  if (!key.usages.includes('verify') || (own.modulusLength ?? 0) > longest) return undefined;
  let object = objects.get(key);
  if (object === undefined) objects.set(key, (object = KeyObject.from(key)));
  return found.verify(object, Buffer.from(signed, 'latin1'), Buffer.from(signature, 'base64url'));
}
