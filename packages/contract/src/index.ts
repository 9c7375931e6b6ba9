export * from './error.ts';
export type * from './model.ts';
export type * from './compiled.ts';
