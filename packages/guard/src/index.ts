export type * from './auth-context.ts';
export type * from './incoming.ts';
export type * from './scheme.ts';
export * from './problem.ts';
