import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Actor } from '../../actor.ts';
import type { AuthContext } from '../../auth-context.ts';
import { networkKey } from '../../address.ts';
import type { PeopleFile, Person } from './people-file.ts';

/** What an event has of a caller under a pseudonym. */
interface Pseudonymous {
  /** `actor` of the event, as JSON. */
  readonly actor: string;
  /** The network, in the place of the address. */
  readonly address: string;
  /** The rest, under the key of that person. */
  readonly sealed: string;
}

/** Who stands in an event. */
export type Pseudonyms = (auth: AuthContext, address: string) => Pseudonymous;

/** What is sealed. */
export interface Sealed {
  readonly subject: string;
  readonly credential: string;
  readonly address: string;
  readonly act?: Actor | undefined;
}

const ivLength = 12;
const tagLength = 16;
const purpose = Buffer.from('caller');

/** Compiles who stands in events where people have pseudonyms. What one credential does from one address is sealed once. */
export function compilePseudonyms(people: PeopleFile, now: () => number): Pseudonyms {
  const known = new WeakMap<
    AuthContext,
    { readonly address: string; readonly person: Person; readonly text: Pseudonymous }
  >();
  return (auth, address) => {
    const person = people.of(auth.subject, now());
    const last = known.get(auth);
    if (last?.address === address && last.person === person) return last.text;
    const { credential, actor } = auth;
    const sealed: Sealed = {
      subject: auth.subject,
      credential: credential.id,
      address,
      ...(actor === undefined ? {} : { act: actor }),
    };
    const session = { uid: nameOf(person, credential.id), issuer: auth.issuer };
    const text: Pseudonymous = {
      actor: JSON.stringify({ user: { uid: person.pseudonym }, session }),
      address: networkOf(address),
      sealed: seal(person, JSON.stringify(sealed)),
    };
    known.set(auth, { address, person, text });
    return text;
  };
}

/** A credential under the key of its holder: the same credential is the same name, as long as the key is there. */
function nameOf({ key }: Person, credential: string): string {
  return createHmac('sha256', key).update(credential).digest('base64url').slice(0, 16);
}

/** AES-256-GCM (NIST SP 800-38D): nonce, ciphertext and tag, base64url. */
function seal({ key }: Person, text: string): string {
  const nonce = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(purpose);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What was sealed; undefined where the key is not that of the person. */
export function unseal({ key }: Person, sealed: string): Sealed | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength), { authTagLength: tagLength });
    decipher.setAAD(purpose).setAuthTag(bytes.subarray(-tagLength));
    const text = Buffer.concat([decipher.update(bytes.subarray(ivLength, -tagLength)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as Sealed;
  } catch {
    return undefined;
  }
}

/** `203.0.113.0`, `2001:db8::`: an address without the part that is somebody's. */
function networkOf(address: string): string {
  const four = /^(\d+\.\d+\.\d+)\.\d+$/.exec(address);
  return four === null ? networkKey(address).replace(/\/\d+$/, '') : `${four[1]}.0`;
}
