import { CastellanError } from '@castellan/contract';
import type { CorsOptions } from './options.ts';

/** Compiled CORS policy (Fetch standard, section 'HTTP extensions'). */
export interface Cors {
  /** Fields for an answer to a request from this origin, or from none. What depends on the origin says so: `Vary`. */
  fields(origin: string | undefined): Readonly<Record<string, string>>;
  /** Fields for a preflight answer. */
  preflight(origin: string, methods: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Compiles the CORS options. Origins are compared exactly and never reflected by pattern.
 * @throws CastellanError `bad-cors`
 */
export function compileCors(options: CorsOptions): Cors {
  const any = options.origins.includes('*');
  if (any && options.credentials === true) {
    throw new CastellanError({
      code: 'bad-cors',
      message: "cors.origins has '*' while cors.credentials is true",
      mend: 'name the origins that may send credentials',
    });
  }
  for (const origin of options.origins) {
    if (origin === '*') continue;
    if (!isOrigin(origin)) {
      throw new CastellanError({
        code: 'bad-cors',
        message: `'${origin}' in cors.origins is not an origin`,
        mend: 'write scheme and host without a path, such as https://app.example.com',
      });
    }
  }
  const origins = new Set(options.origins);
  const others: Readonly<Record<string, string>> = Object.freeze(any ? {} : { vary: 'Origin' });
  const fields = (origin: string | undefined): Readonly<Record<string, string>> => {
    if (origin === undefined || (!any && !origins.has(origin))) return others;
    const result: Record<string, string> = { ...others, 'access-control-allow-origin': any ? '*' : origin };
    if (options.credentials === true) result['access-control-allow-credentials'] = 'true';
    if (options.expose !== undefined) result['access-control-expose-headers'] = options.expose.join(', ');
    return result;
  };
  return {
    fields,
    preflight(origin, methods) {
      if (!any && !origins.has(origin)) return undefined;
      return {
        ...fields(origin),
        'access-control-allow-methods': methods,
        'access-control-allow-headers': (options.headers ?? ['authorization', 'content-type']).join(', '),
        'access-control-max-age': String(options.maxAge ?? 600),
      };
    },
  };
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
