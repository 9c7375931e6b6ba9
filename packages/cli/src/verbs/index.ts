import type { Verb } from '../verb.ts';

/** Loaded only when called, so that `castellan check` does not load a gateway. */
export const verbs: Readonly<Record<string, () => Promise<Verb>>> = {};
