import { CedarRecord, type RecordShape, type Shape, type Value } from '@castellan/policy/entities';
import type { Exchange } from '../exchange.ts';
import { ApiRecord, type IdNames } from './attributes.ts';

/**
 * What policies may know of the request beside who, what and which: the time by the guard's clock, the client's address,
 * the credential's scopes and who acts by it, the decoded parameters and body. The schema says which of it there is.
 */
export function contextOf(
  exchange: Exchange,
  shape: RecordShape | undefined,
  ids: IdNames,
  asked?: Readonly<Record<string, unknown>>,
): CedarRecord {
  if (shape === undefined) return CedarRecord.empty;
  const { auth } = exchange;
  const actor = auth?.actor?.subject;
  if (asked !== undefined)
    return new ApiRecord(
      { ...asked, now: new Date(exchange.now), scopes: auth?.scopes ?? [], tenant: auth?.tenant, actor },
      shape,
      ids,
    );
  const { parameters } = exchange;
  return new ApiRecord(
    {
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
