import { CastellanError } from '@castellan/contract';
import { momentOf } from '../configuration/quantities.ts';

/** Kinds of credentials that are revoked by their own id. */
export const credentialKinds = ['api-key', 'password', 'session', 'certificate', 'signature', 'custom'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What is revoked. */
export interface Revocation {
  /**
   * `token`: the one with this `jti`. `credential`: the one with this id, of any kind (key id, session id, certificate
   * fingerprint, user name). `subject`: everything that this subject was given before `at`.
   */
  readonly kind: 'token' | 'credential' | 'subject';
  readonly id: string;
  /** Of a credential: only one of this kind, because kinds share no ids. Absent: of whichever kind. */
  readonly of?: CredentialKind | undefined;
  /** Only credentials of this issuer. Absent: of every issuer. */
  readonly issuer?: string | undefined;
  /** Milliseconds since the epoch; seconds are known as such. */
  readonly at: number;
  /** When the entry may be forgotten, because what it ends has run out by itself. Absent: never. */
  readonly until?: number | undefined;
}

const kinds = new Set(['token', 'credential', 'subject']);

/** Reads a revocation from JSON text; undefined where it is none. Unknown members are kept out. */
export function parseRevocation(text: string): Revocation | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, id, of, issuer, at, until } = value as Record<string, unknown>;
  if (typeof kind !== 'string' || !kinds.has(kind) || typeof id !== 'string' || id === '' || id.length > 1024)
    return undefined;
  const [moment, end] = [momentOf(at), until === undefined ? undefined : momentOf(until)];
  if (moment === undefined || (until !== undefined && end === undefined)) return undefined;
  if (issuer !== undefined && typeof issuer !== 'string') return undefined;
  const named = credentialKinds.find((one) => one === of);
  if (of !== undefined && (named === undefined || kind !== 'credential')) return undefined;
  return {
    kind: kind as Revocation['kind'],
    id,
    at: moment,
    ...(named === undefined ? {} : { of: named }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(end === undefined ? {} : { until: end }),
  };
}

/** @throws CastellanError `bad-revocation` */
export function checkRevocation(revocation: Revocation): string {
  const read = parseRevocation(JSON.stringify(revocation));
  if (read === undefined)
    throw new CastellanError({
      code: 'bad-revocation',
      message: 'this is no revocation',
      mend: "write { kind: 'token' | 'credential' | 'subject', id, at }, and of a credential of: 'api-key' or another kind",
    });
  return JSON.stringify(read);
}
