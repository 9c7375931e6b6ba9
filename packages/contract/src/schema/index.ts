export { mentionsIdentifiers, References } from './references.ts';
export type { DocumentOptions, ReferencesOptions, Resource, Target } from './references.ts';
export { atPointer, escapePointer, member, parsePointer } from './pointer.ts';
export { resolveUri, splitFragment } from './uri.ts';
export type * from './options.ts';
