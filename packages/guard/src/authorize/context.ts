import { CedarRecord, type RecordShape, type Shape, type Value } from '@castellan/policy/entities';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Exchange } from '../exchange.ts';
import { ApiRecord, type IdNames } from './attributes.ts';
import type { LocalTime } from './local-time.ts';

/** What the application is told of a request, to say what policies should know of it. */
export interface ContextRequest {
  readonly auth: AuthContext | undefined;
  readonly operation: Operation | undefined;
  readonly parameters: DecodedParameters;
  /** The client's address, after trusted proxies. */
  readonly address: string;
  /** Header fields as they came, by names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Says what policies should know of a request: whether the caller used a second factor, on which device. Names and types
 * are those of `x-castellan.context`; what is undefined is absent.
 */
export type PolicyContext = (
  request: ContextRequest,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

/** What the application says of a request, once it is asked. */
export function applicationContext(
  read: PolicyContext,
  exchange: Exchange,
): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>> {
  const { auth, operation, parameters, address, incoming } = exchange;
  return read({ auth, operation, parameters, address, headers: incoming.headers });
}

/** What one request's policies are told beside the request itself. */
export interface Told {
  /** By the application. */
  readonly own?: Readonly<Record<string, unknown>> | undefined;
  /** The time as clocks of the API's zone show it. */
  readonly local?: LocalTime | undefined;
}

/**
 * What policies may know of the request beside who, what and which: the time by the guard's clock, the client's address,
 * the credential's scopes and who acts by it, the decoded parameters and body. The schema says which of it there is.
 */
export function contextOf(
  exchange: Exchange,
  shape: RecordShape | undefined,
  ids: IdNames,
  { own, local }: Told,
  asked?: Readonly<Record<string, unknown>>,
): CedarRecord {
  if (shape === undefined) return CedarRecord.empty;
  const { auth } = exchange;
  const actor = auth?.actor?.subject;
  if (asked !== undefined)
    return new ApiRecord(
      { ...asked, local, now: new Date(exchange.now), scopes: auth?.scopes ?? [], tenant: auth?.tenant, actor },
      shape,
      ids,
    );
  const { parameters } = exchange;
  return new ApiRecord(
    {
      ...own,
      local,
      now: new Date(exchange.now),
      address: exchange.address,
      scopes: auth?.scopes ?? [],
      tenant: auth?.tenant,
      actor,
      path: parameters.path,
      query: parameters.query,
      header: headerOf(parameters.header, shape.attributes.get('header')?.shape, ids),
      cookie: parameters.cookie,
      body: typeof exchange.value === 'object' && exchange.value !== null ? exchange.value : undefined,
    },
    shape,
    ids,
  );
}

function headerOf(fields: Readonly<Record<string, unknown>>, shape: Shape | undefined, ids: IdNames): unknown {
  return shape?.kind === 'record' ? new HeaderRecord(fields, shape, ids) : undefined;
}

/** Decoded header parameters: their names have no case (RFC 9110 section 5.1), however the document writes them. */
class HeaderRecord extends ApiRecord {
  override get(name: string): Value | undefined {
    return super.get(name.toLowerCase());
  }
}
