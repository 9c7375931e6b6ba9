import type { Contract, Operation } from '@castellan/contract';
import type { GuardCore } from '../../core.ts';
import type { Ended } from '../ended.ts';
import { compilePath } from '../path.ts';

/** What every event of OCSF has. */
export interface OcsfEvent {
  readonly class_uid: number;
  readonly category_uid: number;
  readonly activity_id: number;
  readonly type_uid: number;
  readonly severity_id: number;
  readonly status_id: number;
  readonly time: number;
  readonly metadata: object;
  readonly [name: string]: unknown;
}

export const ocsfVersion = '1.5.0';

/** Severities of OCSF. */
export const severities = { informational: 1, medium: 3, high: 4, critical: 5 } as const;

/** `metadata` of an event that is made beside the one of the audit log: `correlation_uid` is the request id, which that one has. */
export function metadataOf(id: string, classUid: number): object {
  return {
    version: ocsfVersion,
    uid: `${id}-${classUid}`,
    correlation_uid: id,
    product: { name: 'Castellan', vendor_name: 'Castellan' },
  };
}

/** The service that was called. */
export function serviceOf(contract: Contract): { readonly name: string; readonly version: string } {
  return { name: contract.title, version: contract.version };
}

/** Who nobody was recognised as: OCSF wants an actor in every event of an API. */
export const nobody = { name: 'unknown', type_id: 0 };

/** Who called, as events name them. */
export interface Caller {
  readonly user: { readonly uid: string };
  readonly session: { readonly uid: string; readonly issuer: string };
  readonly address: string;
}

/** Who called, under a pseudonym where people have them; undefined where nobody was recognised. */
export function callerOf({ pseudonyms }: GuardCore, { auth, address }: Ended): Caller | undefined {
  if (auth === undefined) return undefined;
  const person = pseudonyms?.(auth, address);
  if (person !== undefined) {
    const { user, session } = JSON.parse(person.actor) as Pick<Caller, 'user' | 'session'>;
    return { user, session, address: person.address };
  }
  return {
    user: { uid: auth.subject },
    session: { uid: auth.credential.id, issuer: auth.issuer },
    address,
  };
}

const maxPath = 512;

/** Compiles `http_request`: the documented path, never a value of it, no query and no field. */
export function compileRequest(contract: Contract, operation: Operation | undefined): (ended: Ended) => object {
  const pathOf = compilePath(contract, operation);
  return ({ method, path }) => ({ http_method: method, url: { path: pathOf(path).slice(0, maxPath) } });
}
