import type { Contract } from '@castellan/contract';
import type { BrowserFields } from './authenticate/browser-fields.ts';
import { OptionError } from './configuration/reader.ts';
import type { CorsOptions } from './options.ts';

/** Compiled CORS policy (Fetch standard, section 'HTTP extensions'). */
export interface Cors {
  /** Fields for an answer to a request from this origin, or from none. What depends on the origin says so: `Vary`. */
  fields(origin: string | undefined): Readonly<Record<string, string>>;
  /** Fields for a preflight answer. */
  preflight(origin: string, methods: string): Readonly<Record<string, string>>;
}

/**
 * Compiles the CORS options. Origins are compared exactly and never reflected by pattern.
 * @param credentials fields that credentials need, and no document says
 * @throws CastellanError `bad-cors`
 */
export function compileCors(
  options: CorsOptions,
  contract: Contract,
  credentials: BrowserFields = { send: [], read: [] },
): Cors {
  const any = options.origins.includes('*');
  if (any && options.credentials === true) {
    throw new OptionError(
      'options.cors.origins',
      'bad-cors',
      "cors.origins has '*' while cors.credentials is true",
      'name the origins that may send credentials',
    );
  }
  for (const origin of options.origins) {
    if (origin === '*') continue;
    if (isOrigin(origin)) continue;
    throw new OptionError(
      'options.cors.origins',
      'bad-cors',
      `'${origin}' in cors.origins is not an origin`,
      origin.includes('*')
        ? 'write each origin out: origins are compared whole, and a star in one would fit none'
        : 'write scheme and host without a path, such as https://app.example.com',
    );
  }
  const origins = new Set(options.origins);
  let documented: readonly string[] | undefined;
  const others: Readonly<Record<string, string>> = Object.freeze(any ? {} : { vary: 'Origin' });
  const exposed = merged(options.expose ?? [], credentials.read);
  const fields = (origin: string | undefined): Readonly<Record<string, string>> => {
    if (origin === undefined || (!any && !origins.has(origin))) return others;
    const result: Record<string, string> = { ...others, 'access-control-allow-origin': any ? '*' : origin };
    if (options.credentials === true) result['access-control-allow-credentials'] = 'true';
    if (exposed.length > 0) result['access-control-expose-headers'] = exposed.join(', ');
    return result;
  };
  return {
    fields,
    preflight(origin, methods) {
      if (!any && !origins.has(origin)) return others;
      return {
        ...fields(origin),
        'access-control-allow-methods': methods,
        'access-control-allow-headers': (
          options.headers ?? (documented ??= merged(fieldsOf(contract), credentials.send))
        ).join(', '),
        'access-control-max-age': String(options.maxAge ?? 600),
      };
    },
  };
}

/** Names of both, each once whatever its case. */
function merged(names: readonly string[], more: readonly string[]): readonly string[] {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...more.filter((name) => !known.has(name))];
}

/** The request header fields that the contract itself asks for. */
function fieldsOf(contract: Contract): readonly string[] {
  const names = new Set(['authorization', 'content-type']);
  for (const { parameters, security } of contract.operations) {
    for (const { in: place, name } of parameters) if (place === 'header') names.add(name.toLowerCase());
    for (const { schemes } of security)
      for (const { scheme } of schemes)
        if (scheme.type === 'apiKey' && scheme.in === 'header') names.add(scheme.key.toLowerCase());
  }
  return [...names];
}

/** Whether a text is an origin as browsers write it; a star is no host name, although URL parsers take it. */
export function isOrigin(text: string): boolean {
  if (text.includes('*')) return false;
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
