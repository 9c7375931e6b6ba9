// Entities and values that policies read. Apart from the rest, so that what only carries them loads no compiler.
export { Entity, EntityRef, type EntitySource } from './values/entity.ts';
export { CedarRecord } from './values/record.ts';
export { CedarSet } from './values/set.ts';
export { Datetime, Duration } from './values/time.ts';
export { Decimal } from './values/decimal.ts';
export { IpAddress } from './values/ip-address.ts';
export type { RecordShape, Shape } from './values/shape.ts';
export { Composite, type Long, type Value } from './values/value.ts';
export { anonymousType, apiType, principalType } from './from-contract/type-names.ts';
export { actionNames } from './from-contract/declared-actions.ts';
export { unknownAction } from './from-contract/unknown-action.ts';
