export { References } from './references.ts';
export { escapePointer } from './pointer.ts';
export type * from './options.ts';
export { compileSchema } from './compile.ts';
