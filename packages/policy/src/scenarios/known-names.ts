import { CastellanError, nearest, type Place } from '@castellan/contract';
import { unknownAction } from '../from-contract/unknown-action.ts';
import type { SchemaModel } from '../load/schema.ts';
import type { EntityRef } from '../values/entity.ts';

/** What a question names. */
interface Named {
  readonly principal?: EntityRef | undefined;
  readonly action?: EntityRef | undefined;
  readonly resource?: EntityRef | undefined;
}

/**
 * Checks that a question is about actions and types that are there: one that is misspelt would be answered 'deny' for ever, as
 * if policies said so.
 * @throws CastellanError `unknown-action`, `unknown-type`
 */
export function checkNames(
  schema: SchemaModel | undefined,
  { principal, action, resource }: Named,
  place?: Place,
): void {
  if (schema === undefined) return;
  const actions = action === undefined ? undefined : schema.actions.get(action.type);
  if (action !== undefined && actions?.has(action.id) !== true)
    throw unknownAction(action.id, [...(actions?.keys() ?? [])], place);
  for (const uid of [principal, resource]) {
    if (uid === undefined || schema.entityTypes.has(uid.type)) continue;
    const near = nearest(uid.type, [...schema.entityTypes.keys()]);
    throw new CastellanError({
      code: 'unknown-type',
      message: `nothing is a '${uid.type}'`,
      place,
      mend: near === undefined ? 'name a type of castellan policy schema' : `did you mean '${near}'?`,
    });
  }
}
