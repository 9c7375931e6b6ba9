import { escapePointer, type Contract, type Issue } from '@castellan/contract';
import type { Change } from '../exchange.ts';
import { compileIdHash } from './id-hash.ts';

/** Shows the names and places of a request as an event may have them. */
export interface ShownNames {
  /** A name: of a property, a parameter, a field. */
  name(text: string): string;
  /** An RFC 6901 pointer. */
  pointer(text: string): string;
}

/** A name that somebody designed: words, and a short number behind them. Values that stand as keys are longer, or mixed. */
const designed = /^[A-Za-z_$@][A-Za-z]{0,23}(?:[._[\]/:-]{1,2}[A-Za-z]{1,24}){0,4}\d{0,2}\]?$/;
const index = /^(?:\d{1,6}|-|\*)$/;

const shown = new WeakMap<Contract, ShownNames>();

/**
 * What of names may stand in an event: those that the contract writes (an allow-list), and those that look like a designer's
 * words. Keys of maps may be e-mail addresses and tokens: such a name is its keyed hash, `{4fJ…}`.
 */
export function shownNames(contract: Contract): ShownNames {
  let known = shown.get(contract);
  if (known === undefined) shown.set(contract, (known = compileShown(contract)));
  return known;
}

function compileShown(contract: Contract): ShownNames {
  let allowed: ReadonlySet<string> | undefined;
  const hashName = compileIdHash();
  const name = (text: string): string =>
    index.test(text) || designed.test(text) || (allowed ??= namesIn(contract)).has(text)
      ? text
      : `{${hashName('name', text)}}`;
  return {
    name,
    pointer: (text) =>
      text
        .split('/')
        .map((segment) =>
          segment === '' ? '' : escapePointer(name(segment.replaceAll('~1', '/').replaceAll('~0', '~'))),
        )
        .join('/'),
  };
}

/** What was changed in an answer, with the names that an event may have. */
export function shownChange(change: Change, shown: ShownNames): Change {
  return change.reason === 'error-replaced'
    ? change
    : { ...change, places: change.places.map((place) => shown.pointer(place)) };
}

/** What is wrong with an answer, for the log. */
export function shownIssue(contract: Contract, { pointer, message }: Issue): string {
  return `${shownNames(contract).pointer(pointer) || '/'} ${message}`;
}

const most = 200_000;

/** Every key and every name that a document writes. */
function namesIn({ document, operations }: Contract): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 64 || names.size > most) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) names.add(key);
      if (typeof inner === 'string' && (key === 'name' || key === 'operationId')) names.add(inner);
      // What a document gives as an example is a value.
      else if (!/^(?:examples?|default|enum|const)$/.test(key)) walk(inner, depth + 1);
    }
  };
  walk(document, 0);
  for (const { parameters } of operations) for (const parameter of parameters) names.add(parameter.name);
  return names;
}
