// What reads options: for rooms that have options of their own, read in the same way.
export { presetMembers } from '../authenticate/presets/expand.ts';
export { authenticationReaders } from '../authenticate/read-configuration.ts';
export { auditMembers } from '../audit/options.ts';
export { optionMembers, stateReader, withContract, type WrittenOptions } from '../read-options.ts';
export { sourceReader, type SourceOptions } from '../source/options.ts';
export { bytes, milliseconds, rateOrOff, seconds } from './quantities.ts';
export {
  anyObject,
  badOption,
  boolean,
  eachOf,
  either,
  integer,
  isObject,
  list,
  madeBy,
  object,
  oneOf,
  onlyInCode,
  OptionError,
  readAll,
  reader,
  record,
  secret,
  secretOrReference,
  someOf,
  text,
  type JsonSchema,
  type Members,
  type Reader,
} from './reader.ts';
export { writtenDecoders } from '../decoders.ts';
export { writtenProblems } from '../problem-form/options.ts';
export { authenticationSchema, optionsSchema } from './schemas.ts';
export { authenticationWords } from './authentication-words.ts';
export { optionWords, wordsOf, type Word } from './words.ts';
