// First: what is behind it may not even load.
import './node-version.ts';
export * from './error.ts';
export { loadContract, type LoadOptions } from './load/load-contract.ts';
export { defaultLimits, type LoadLimits } from './load/limits.ts';
export type { ReadFile } from './load/read.ts';
export { castellanOf } from './extension/castellan-of.ts';
export { parseDuration, parseRate, parseSize, parseSizeRate, RATE_PATTERN } from './extension/quantities.ts';
export { parameterValue, partText } from './extension/check-limits.ts';
export { everyServer } from './every-server.ts';
export { nearest } from './normalise/nearest.ts';
export { compilePattern, type Pattern, type PatternOptions } from './regex/index.ts';
export type * from './model.ts';
export { leniencies, type Leniency } from './leniency.ts';
export type * from './undocumented-setting.ts';
export type { ContextType } from './extension/context-type.ts';
export type * from './compiled.ts';
export {
  canonicalPath,
  type CanonicalPathOptions,
  type CanonicalTarget,
  type TargetProblem,
  type TargetReason,
} from './route/canonical.ts';
export { compileRoutes, type CompileRoutesOptions } from './route/routes.ts';
export { parseJson, parseJsonText, type ParsedJson } from './bodies/json.ts';
export { compileParameters, type CompileParametersOptions } from './parameters/decode.ts';
export { shapeOf, type Shape } from './parameters/shape.ts';
export { generateTypes } from './types/generate.ts';
export { compileResponseFields, type FieldSource } from './parameters/response-fields.ts';
export { compileSchema, escapePointer, References } from './schema/index.ts';
export { allowNodes } from './schema/fuel.ts';
export { weighSchemas } from './schema/weigh.ts';
export { compileBody, type BodyOptions } from './bodies/body.ts';
export {
  compileDecoders,
  hasStructure,
  isRead,
  isUnread,
  noDecoders,
  type BodyDecoder,
  type Decoder,
  type Decoders,
} from './bodies/decoders.ts';
export { yamlDecoder } from './bodies/yaml-decoder.ts';
export { contentCodings, inflate, type Inflated, type InflateOptions } from './bodies/inflate.ts';
export {
  compileSequence,
  isSequence,
  type CompiledSequence,
  type SequenceItem,
  type SequenceOptions,
  type SequenceReader,
} from './bodies/sequence.ts';
export { compileEventContent, type EventContent } from './bodies/event-content.ts';
export { writeEvent, type ServerSentEvent } from './bodies/event-stream.ts';
export { MultipartParser, type MultipartLimits, type PartHead, type PartSink } from './bodies/multipart.ts';
export { bestMediaType } from './bodies/media-match.ts';
export { isJson, parseMediaType, type MediaTypeName } from './bodies/media-type.ts';
export { UploadedFile } from './bodies/uploaded-file.ts';
export { referredBy, subschemasAt, type LocatedSubschema } from './schema/located.ts';
export { asSchema, schemaKeywords, subschemasOf, type Subschema, type SubschemaPlace } from './schema/subschemas.ts';
export { compileScan, type Scan, type ScanOptions } from './scan/index.ts';
export { compileNames, type NamedPlace, type NamedValue, type Naming } from './undocumented/names.ts';
export { cutJson } from './bodies/json-cut.ts';
export { replaceInJson } from './bodies/json-replace.ts';
export { compileUndocumented, type Removed, type Undocumented } from './undocumented/index.ts';
export {
  compileResourceAccess,
  type Findings,
  type FoundProperty,
  type FoundReference,
  type FoundResource,
  type PropertyRule,
  type ResourceAccess,
  type ResourceShape,
} from './resources/access.ts';
export { enforcers, type Enforcer } from './extension/enforcers.ts';
export { vocabularySchema } from './extension/vocabulary.ts';
export { describeKeys, keysOf } from './extension/words.ts';
export { locateObject, pointersIn } from './resources/locate.ts';
