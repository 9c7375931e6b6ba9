// The audit log of a folder, for whoever reads it.
export { verifyLog, type Finding, type Verification, type VerifyOptions } from './log/verify.ts';
export { countMatches, searchLog, type Match } from './log/search.ts';
export type { Query } from './log/query.ts';
export { decisions, type Decision } from './log/decision.ts';
export { readHolds, writeHolds, type Hold } from './log/holds.ts';
export { segmentsIn } from './log/directory.ts';
export { PeopleFile } from './log/people-file.ts';
export { unseal, type Sealed } from './log/sealed.ts';
export { summarise, type Counts, type Summary } from './log/summary.ts';
export { compileIdHash, type IdHash } from './id-hash.ts';
export { eventSchema, guardEventSchemas } from './event-schema.ts';
export { isSigned } from '../webhook/signature.ts';
