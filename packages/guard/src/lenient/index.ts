import type { Contract, Issue, Leniency, Operation } from '@castellan/contract';
import { inBody, inPath, inQuery, naiveDateTime, plainUuid } from './formats.ts';
import { withBooleans, withoutNulls } from './notations.ts';

/** One thing that is written otherwise than the contract asks and was let through, for the event. */
export interface LeniencyUse {
  /** `format`: of an answer; others of a request. */
  readonly what: 'format' | Leniency;
  /** Where it stands, never what: pointers (RFC 6901) in the body, with `/query` or `/header` before them elsewhere. */
  readonly places: readonly string[];
}

/** A request as it should have been written, which is still to be checked. */
export interface Rewritten<T> {
  readonly value: T;
  readonly places: readonly string[];
}

/**
 * What is let through in requests of an operation: as the operation says, or else the API, or else the option.
 * @param setting the option of the guard
 */
export function leniencyIn(
  { castellan }: Contract,
  operation: Operation,
  setting: readonly Leniency[] | undefined,
): ReadonlySet<Leniency> {
  return new Set(operation.castellan.leniency ?? castellan.leniency ?? setting);
}

/** What a request is decoded from. */
export interface SentParameters {
  readonly path: readonly string[];
  /** Raw. */
  readonly query: string;
}

type Write<T> = (sent: T, issues: readonly Issue[]) => Rewritten<T> | undefined;

/** How parameters are written as they should have been, by leniency. */
export function parameterWriters(
  lenient: ReadonlySet<Leniency>,
  operation: Operation,
): readonly (readonly [Leniency, Write<SentParameters>])[] {
  const ofQuery =
    (write: (query: string, issues: readonly Issue[]) => Rewritten<string> | undefined): Write<SentParameters> =>
    (sent, issues) => {
      const written = write(sent.query, issues);
      return written && { value: { ...sent, query: written.value }, places: written.places };
    };
  const ofFormat =
    (notation: typeof plainUuid): Write<SentParameters> =>
    (sent, issues) => {
      const query = inQuery(notation, sent.query, issues);
      const path = inPath(notation, sent.path, operation, issues);
      if (query === undefined && path === undefined) return undefined;
      return {
        value: { path: path?.value ?? sent.path, query: query?.value ?? sent.query },
        places: [...(path?.places ?? []), ...(query?.places ?? [])],
      };
    };
  const all: readonly (readonly [Leniency, Write<SentParameters>])[] = [
    ['boolean-words', ofQuery(withBooleans)],
    ['naive-date-time', ofFormat(naiveDateTime)],
    ['plain-uuid', ofFormat(plainUuid)],
  ];
  return all.filter(([name]) => lenient.has(name));
}

/** The same of a body. */
export function bodyWriters(
  lenient: ReadonlySet<Leniency>,
): readonly (readonly [Leniency, (type: string | undefined) => Write<Uint8Array>])[] {
  const all: readonly (readonly [Leniency, (type: string | undefined) => Write<Uint8Array>])[] = [
    ['absent-null', (type) => (sent, issues) => withoutNulls(type, sent, issues)],
    ['naive-date-time', (type) => (sent, issues) => inBody(naiveDateTime, type, sent, issues)],
    ['plain-uuid', (type) => (sent, issues) => inBody(plainUuid, type, sent, issues)],
  ];
  return all.filter(([name]) => lenient.has(name));
}

/** Twenty places are named at a time, and of a list one. */
const rounds = 20;

/** A request that is valid as it should have been written, and what was written otherwise. */
export interface Meant<T, Read> {
  readonly value: T;
  readonly read: Read;
  readonly uses: ReadonlyMap<Leniency, readonly string[]>;
}

/** What was sent as it should have been written, where that is as documented. */
export function meant<T, Read extends object>(
  sent: T,
  found: readonly Issue[],
  writers: readonly (readonly [Leniency, Write<T>])[],
  read: (written: T) => Read | { readonly issues: readonly Issue[] },
): Meant<T, Read> | undefined {
  const uses = new Map<Leniency, string[]>();
  let value = sent;
  let issues = found;
  for (let round = 0; round < rounds; round++) {
    let any = false;
    for (const [name, write] of writers) {
      const written = write(value, issues);
      if (written === undefined) continue;
      any = true;
      value = written.value;
      uses.set(name, [...(uses.get(name) ?? []), ...written.places]);
    }
    if (!any) return undefined;
    const again = read(value);
    if (!('issues' in again)) return { value, uses, read: again };
    issues = again.issues;
  }
  return undefined;
}
