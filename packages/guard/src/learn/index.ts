// The records of what was observed: for whoever reads them.
export { keyedHash, keyFile, type KeyedHash } from './keyed-hash.ts';
export { kindOfName, type NameKind } from './names.ts';
export { recordsFile } from './files.ts';
export { readRecords, type Recorded } from './read.ts';
export {
  learnRecordSchema,
  readRecord,
  type BodyRecord,
  type CallerRecord,
  type ExchangeRecord,
  type LearnRecord,
  type MismatchRecord,
  type ParameterRecord,
  type PlaceRecord,
  type RefusalRecord,
} from './record.ts';
export { shapeOf, type Shape } from './shape.ts';
