export type * from './model.ts';
export type * from './castellan-file/model.ts';
export { readCastellanFile } from './castellan-file/read.ts';
export { nothingKnown, readArchitecture, readArchitectureTexts } from './read.ts';
