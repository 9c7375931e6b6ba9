import { createHash, hash, randomBytes } from 'node:crypto';

import { resolveReferences } from '../secrets/reference.ts';

/** Names an object in the log without its id: the same object is the same text, and nobody can guess ids by it. */
export type IdHash = (type: string, id: string) => string;

/** The key of this process: hashes of one run can be compared with each other, and with nothing else. */
const processKey = randomBytes(32);

/** Bytes of a block of SHA-256. */
const block = 64;
/** Characters of a hash: 96 bits, enough that two objects of one log do not share one. */
const length = 16;

/**
 * Compiles the hash of object ids: HMAC-SHA-256 (RFC 2104) of type and id, the first 96 bits as base64url. Written out, because
 * an HMAC object of Node costs several times what its two hashes do.
 * @param key that is kept, so that runs and processes give one object one name; that of the process where not given
 */
export function compileIdHash(key?: string): IdHash {
  const given = key === undefined ? processKey : Buffer.from(resolveReferences('options.audit.key', key).value, 'utf8');
  const padded = Buffer.alloc(block);
  (given.length > block ? createHash('sha256').update(given).digest() : given).copy(padded);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = Buffer.alloc(block + 32);
  padded.map((byte) => byte ^ 0x5c).forEach((byte, at) => (outer[at] = byte));
  return (type, id) => {
    const text = Buffer.from(`${type}\0${id}`, 'utf8');
    hash('sha256', Buffer.concat([inner, text]), 'buffer').copy(outer, block);
    return hash('sha256', outer, 'base64url').slice(0, length);
  };
}
