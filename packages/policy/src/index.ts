export * from './entities.ts';
export {
  compilePolicies,
  type AuthorizationRequest,
  type CompileOptions,
  type Decision,
  type EntityLinks,
  type ExplainOptions,
  type FastRequest,
  type PolicySet,
  type Permitted,
  type PreparedRequest,
} from './policy-set.ts';
export { PoliciesError, type PolicyInput, type TemplateLink } from './load/policies.ts';
export { shareAttributes, type ShareAttributes, type SharedType } from './load/sharing.ts';
export { isEngineLoaded } from './load/engine.ts';
export { knowAnswers, recordAnswers, type KnownAnswers } from './load/known-answers.ts';
export { readLinks, type LinkInput } from './load/read-links.ts';
export { childrenOf, nodeOf, type Expression, type Node, type PolicyJson, type ScopeJson } from './load/est.ts';
export type { LoadedPolicy } from './load/policies.ts';
export type { ActionModel, EntityTypeModel, SchemaInput, SchemaModel } from './load/schema.ts';
export type { Source } from './load/source.ts';
export type { EntityJson, UidInput } from './values/entities-from-json.ts';
export { policySchema, type PolicySchema, type PolicySchemaOptions } from './from-contract/index.ts';
export type { ListFilter, ListQuery, ListRequest, SqlCondition, SqlTag } from './filter/list-filter.ts';
export type { Condition, Constant, Field, Formula, Leaf, Operand } from './filter/condition.ts';
export type { Column, Dialect, LinkTable, SetTable, SqlMapping, TableMapping, TimeFormat } from './filter/mapping.ts';
export { MongoWriter, type DocumentField, type DocumentMapping, type MongoFilter } from './filter/emit/mongodb.ts';
export { PrismaWriter, type PrismaMapping, type PrismaModel, type PrismaWhere } from './filter/emit/prisma.ts';
export { SqlWriter } from './filter/emit/sql.ts';
export { exportPolicies, importPolicies, type PolicyStore } from './store.ts';
export { openPolicies, type OpenOptions, type OpenPolicies } from './open-policies.ts';
export { speakersOf, type Speaker } from './explain/speakers.ts';
export { schemasByResource as resourceSchemas } from './from-contract/resource-schemas.ts';
export { gainsByAbsence } from './explain/absence.ts';
export { explainInWords } from './explain/words.ts';
export type { PolicyFinding } from './explain/check.ts';
export type { ConditionCoverage } from './explain/coverage.ts';
export type { ComparedValue, Explanation, PolicyExplanation } from './explain/explain.ts';
export type { SensitiveProperties } from './explain/sensitive.ts';
export { sensitiveProperties } from './from-contract/sensitive-properties.ts';
export {
  entitiesOf,
  readScenarios,
  uidOf,
  type PlainEntity,
  type Scenario,
  type ScenarioFile,
} from './scenarios/read.ts';
export { whatMay, whoMay, type Access, type AccessQuestion } from './scenarios/access.ts';
export { checkNames } from './scenarios/known-names.ts';
export { compareScenarios, type ScenarioDecision, type ScenarioDifference } from './scenarios/compare.ts';
export { requestOf, runScenarios, type ScenarioReport, type ScenarioResult } from './scenarios/run.ts';
