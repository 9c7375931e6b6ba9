export {
  compilePolicies,
  type AuthorizationRequest,
  type CompileOptions,
  type Decision,
  type FastRequest,
  type PolicySet,
} from './policy-set.ts';
export { PoliciesError, type PolicyInput, type TemplateLink } from './load/policies.ts';
export type { PolicyJson } from './load/est.ts';
export type { ActionModel, EntityTypeModel, SchemaInput, SchemaModel } from './load/schema.ts';
export type { Source } from './load/source.ts';
export type { EntityJson, UidInput } from './values/entities-from-json.ts';
export { Entity, EntityRef, type EntitySource } from './values/entity.ts';
export { CedarRecord } from './values/record.ts';
export { CedarSet } from './values/set.ts';
export { Datetime, Duration } from './values/time.ts';
export { Decimal } from './values/decimal.ts';
export { IpAddress } from './values/ip-address.ts';
export type { RecordShape, Shape } from './values/shape.ts';
export { Composite, type Long, type Value } from './values/value.ts';
export {
  anonymousType,
  apiType,
  policySchema,
  principalType,
  type PolicySchema,
  type PolicySchemaOptions,
} from './from-contract/index.ts';
export type { ListFilter, ListRequest, SqlCondition } from './filter/list-filter.ts';
export type { Column, TableMapping } from './filter/mapping.ts';
