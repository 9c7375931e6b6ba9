import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';

/** A value's hash under the key of a directory: equal values have equal hashes, and nothing else can be told from one. */
export type KeyedHash = (value: string | number | boolean) => string;

/** Name of the key's file in a directory of records. Whoever has it and a record can try out values. */
export const keyFile = 'key';

/** 96 bits: two different values of one run never meet. */
const length = 16;

/**
 * Opens the key of a directory, or makes it (mode 0600), and the directory (0700).
 * @throws CastellanError `learn-directory`
 */
export function openKeyedHash(directory: string, random: (size: number) => Buffer = randomBytes): KeyedHash {
  const file = join(directory, keyFile);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(file, `${random(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    if (key.length < 16 || key.length > block)
      throw Object.assign(new Error('no key of 16 to 64 bytes'), { code: 'no key' });
    return keyedHash(key);
  } catch (cause) {
    throw new CastellanError({
      code: 'learn-directory',
      message: `the directory for learnt records cannot be used (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: directory },
      mend: 'name a directory that this process may write to',
      cause,
    });
  }
}

/** Bytes of a block of SHA-256. */
const block = 64;

/**
 * Hashes under a key (HMAC-SHA-256, RFC 2104): a number and its text are the same value. Both pads are made once, because
 * `createHmac` reads the key anew for every value, which takes ten times as long as the hash.
 * @param key at most 64 bytes
 */
export function keyedHash(key: Uint8Array): KeyedHash {
  const pad = (byte: number): Buffer => {
    const padded = Buffer.alloc(block, byte);
    for (const [index, one] of key.entries()) padded[index] = one ^ byte;
    return padded;
  };
  const [inner, outer] = [pad(0x36), pad(0x5c)];
  return (value) => {
    const within = hash('sha256', Buffer.concat([inner, Buffer.from(String(value))]), 'buffer');
    return hash('sha256', Buffer.concat([outer, within]), 'base64url').slice(0, length);
  };
}
