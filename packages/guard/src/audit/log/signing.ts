import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../secrets/private-file.ts';
import { keyFolder, type Head } from './format.ts';

/** A key that signs heads (Ed25519, RFC 8032). */
export interface SigningKey {
  /** First 16 characters of the SHA-256 of the public key. */
  readonly id: string;
  /** SPKI, DER, base64url. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export function keyId(publicKey: string): string {
  return createHash('sha256').update(publicKey).digest('base64url').slice(0, 16);
}

function keyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64url');
  return { id: keyId(publicKey), publicKey, privateKey };
}

const names = { current: 'current.pem', next: 'next.pem' };

/**
 * The keys of a log: one signs until a segment is closed; the head that closes it names the next one, and the old private
 * key is written over. Whoever breaks in later can't sign anything about segments that are closed.
 */
export class SigningKeys {
  readonly #folder: string;
  current: SigningKey;

  /** @param named the key that the last head says signs now */
  constructor(directory: string, named: string | undefined) {
    this.#folder = join(directory, keyFolder);
    const next = this.#read('next');
    const current = this.#read('current');
    if (next !== undefined && (next.id === named || current === undefined)) {
      this.current = next;
      this.#install();
    } else if (current !== undefined) this.current = current;
    else this.current = this.#make('current');
  }

  /** Makes the key that signs from the next segment on. */
  prepare(): SigningKey {
    return this.#make('next');
  }

  /** The prepared key signs from now on, and the one before is gone. */
  advance(next: SigningKey): void {
    this.#install();
    this.current = next;
  }

  #install(): void {
    renameSync(join(this.#folder, names.next), join(this.#folder, names.current));
  }

  #make(name: keyof typeof names): SigningKey {
    const { privateKey } = generateKeyPairSync('ed25519');
    writePrivateFile(join(this.#folder, names[name]), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    return keyOf(privateKey);
  }

  #read(name: keyof typeof names): SigningKey | undefined {
    const file = join(this.#folder, names[name]);
    return existsSync(file) ? keyOf(createPrivateKey(readFileSync(file))) : undefined;
  }
}

/** A head as a line of `heads.jsonl`, without the line end. */
export function signedHead(head: Head, key: SigningKey): string {
  const text = JSON.stringify(head);
  const signature = sign(null, Buffer.from(text), key.privateKey).toString('base64url');
  return `${text.slice(0, -1)},"signature":"${signature}"}`;
}

/** What the next head names as its `previous`. */
export function headHash(line: string): string {
  return createHash('sha256').update(line).digest('base64url');
}

const signed = /^(\{.*),"signature":"([\w-]{86})"\}$/s;

/**
 * Reads a head and checks its signature.
 * @param publicKeyOf a key that is trusted, by its id
 */
export function readHead(
  line: string,
  publicKeyOf: (head: Head) => KeyObject | undefined,
): { readonly head: Head; readonly good: boolean } | undefined {
  const found = signed.exec(line);
  if (found === null) return undefined;
  const [, text = '', signature = ''] = found;
  let head: Head;
  try {
    head = JSON.parse(`${text}}`) as Head;
  } catch {
    return undefined;
  }
  // Written in one way only: a line that reads the same and is another is another.
  if (JSON.stringify(head) !== `${text}}` || ![head.head, head.segment, head.n].every(isNumber)) return undefined;
  const publicKey = publicKeyOf(head);
  return { head, good: publicKey !== undefined && isSignedBy(`${text}}`, signature, publicKey) };
}

/** Whether it is a number of a line, a head or a segment. */
function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Public keys of a log, by their ids. A key that is none verifies nothing. */
export class HeadKeys {
  readonly #keys = new Map<string, KeyObject>();

  /** @param publicKey SPKI, DER, base64url */
  add(publicKey: string): void {
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), type: 'spki', format: 'der' });
      if (key.asymmetricKeyType === 'ed25519') this.#keys.set(keyId(publicKey), key);
    } catch {
      // What it should have signed is not signed, then.
    }
  }

  get(id: string): KeyObject | undefined {
    return this.#keys.get(id);
  }
}

function isSignedBy(text: string, signature: string, key: KeyObject): boolean {
  try {
    const bytes = Buffer.from(signature, 'base64url');
    return bytes.toString('base64url') === signature && verify(null, Buffer.from(text), key, bytes);
  } catch {
    return false;
  }
}
