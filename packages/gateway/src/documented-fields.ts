import type { Operation } from '@castellan/contract';

/** What the contract says that requests of one operation carry in their head. Names of fields in lower case. */
export interface DocumentedFields {
  /** Header parameters and API keys. */
  readonly fields: ReadonlySet<string>;
  /** Names that CGI-like servers take for a documented one, without being it: `api-key` beside `api_key`. */
  readonly twins: ReadonlySet<string>;
  readonly cookies: ReadonlySet<string>;
  /** Those of the fields that are API keys, and cookies that are. */
  readonly keys: ReadonlySet<string>;
  readonly keyCookies: ReadonlySet<string>;
  /** Query parameters that are credentials. */
  readonly queryKeys: ReadonlySet<string>;
}

const byOperation = new WeakMap<Operation, DocumentedFields>();
const none: ReadonlySet<string> = new Set();
const nothing: DocumentedFields = {
  fields: none,
  twins: none,
  cookies: none,
  keys: none,
  keyCookies: none,
  queryKeys: none,
};

/** Compiled with the first request of an operation. */
export function documentedFields(operation: Operation | undefined): DocumentedFields {
  if (operation === undefined) return nothing;
  let known = byOperation.get(operation);
  if (known === undefined) byOperation.set(operation, (known = compile(operation)));
  return known;
}

function compile(operation: Operation): DocumentedFields {
  const keys = new Set<string>();
  const keyCookies = new Set<string>();
  const queryKeys = new Set<string>();
  for (const { scheme } of operation.security.flatMap(({ schemes }) => schemes)) {
    if (scheme.type !== 'apiKey') continue;
    if (scheme.in === 'header') keys.add(scheme.key.toLowerCase());
    else (scheme.in === 'cookie' ? keyCookies : queryKeys).add(scheme.key);
  }
  const fields = new Set(keys);
  const cookies = new Set(keyCookies);
  for (const { in: place, name } of operation.parameters) {
    if (place === 'header') fields.add(name.toLowerCase());
    else if (place === 'cookie') cookies.add(name);
  }
  const spelt = [...fields].map((name) => name.replaceAll('_', '-'));
  return { fields, twins: new Set(spelt.filter((name) => !fields.has(name))), cookies, keys, keyCookies, queryKeys };
}
