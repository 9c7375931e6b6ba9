export { literalSecrets, resolveReferences, type Resolved, type ReferenceSources } from './reference.ts';
export { entropyBits, isKnownSecret, secretProblem } from './strength.ts';
export { openFileMessage, openToOthers } from './private-file.ts';
export { WatchedFile } from './watched-file.ts';
export { openSigningKeys, publishedKeys, type SigningKeys, type SigningKeysOptions } from './signing-keys.ts';
