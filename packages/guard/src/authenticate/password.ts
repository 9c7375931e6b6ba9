import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CastellanError } from '@castellan/contract';
import { argon2id } from './argon2.ts';

/** Argon2id as OWASP's Password Storage Cheat Sheet asks: 19 MiB, 2 passes, 1 lane. */
const cost = { memory: 19 * 1024, passes: 2, parallelism: 1 };
const tagLength = 32;

/** A parsed `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` (PHC string format). */
export interface PasswordHash {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Hashes a password with a fresh salt; off the main thread. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { ...cost, salt, tag: await derive(password, { ...cost, salt, tag: Buffer.alloc(tagLength) }) };
}

/** The PHC string of a hash. */
export function formatPasswordHash(value: PasswordHash): string {
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${value.memory},t=${value.passes},p=${value.parallelism}$${base64(value.salt)}$${base64(value.tag)}`;
}

/**
 * Reads a PHC string.
 * @throws CastellanError `bad-password-hash` where it is another algorithm or asks for too little or too much
 */
export function parsePasswordHash(text: string, where: string): PasswordHash {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(
      text,
    );
  const [memory, passes, parallelism] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (match === null || memory < 7168 || memory > 1024 * 1024 || passes < 1 || passes > 20 || parallelism < 1) {
    throw new CastellanError({
      code: 'bad-password-hash',
      message: `${where} is no usable Argon2id hash`,
      mend: 'make one of the form $argon2id$v=19$m=19456,t=2,p=1$salt$hash',
    });
  }
  return {
    memory,
    passes,
    parallelism,
    salt: Buffer.from(match[4] ?? '', 'base64'),
    tag: Buffer.from(match[5] ?? '', 'base64'),
  };
}

/** Compares a password with a hash in constant time; off the main thread. */
export async function verifyPassword(password: string, expected: PasswordHash): Promise<boolean> {
  const tag = await derive(password, expected);
  return tag.length === expected.tag.length && timingSafeEqual(tag, expected.tag);
}

/** A password in the one spelling that counts (RFC 8265 section 4.2). */
export function normalPassword(password: string): string {
  return password.normalize('NFC');
}

function derive(password: string, { memory, passes, parallelism, salt, tag }: PasswordHash): Promise<Buffer> {
  return argon2id({
    message: Buffer.from(normalPassword(password)),
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: tag.length,
  });
}

/** A hash that no password has, for users that do not exist: they must cost the same time as `like`. */
export function impossibleHash(seed: Buffer, like: Omit<PasswordHash, 'salt' | 'tag'> = cost): PasswordHash {
  const { memory, passes, parallelism } = like;
  return { memory, passes, parallelism, salt: seed.subarray(0, 16), tag: hash('sha256', seed, 'buffer') };
}
