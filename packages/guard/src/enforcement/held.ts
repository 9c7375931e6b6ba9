import { hasStructure, isJson, isRead, type MediaType } from '@castellan/contract';
import type { GuardCore } from '../core.ts';

/** Whether a body of a documented media type is read and held to its schema; bytes of which a schema says nothing are. */
export function isHeld(core: GuardCore, { type, schema }: MediaType): boolean {
  if (isJson(type)) return schema !== undefined;
  return isRead(type) || core.decoders.of(type)?.decode !== undefined || !hasStructure(core.contract, schema);
}
