import { CastellanError } from '@castellan/contract';
import type { CorsOptions } from './options.ts';

/** Compiled CORS policy (Fetch standard, section 'HTTP extensions'). */
export interface Cors {
  /** Fields for an answer to a request from this origin; undefined where the origin is not allowed. */
  fields(origin: string): Readonly<Record<string, string>> | undefined;
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
  const fields = (origin: string): Record<string, string> | undefined => {
    if (!any && !origins.has(origin)) return undefined;
    const result: Record<string, string> = { 'access-control-allow-origin': any ? '*' : origin, vary: 'Origin' };
    if (options.credentials === true) result['access-control-allow-credentials'] = 'true';
    if (options.expose !== undefined) result['access-control-expose-headers'] = options.expose.join(', ');
    return result;
  };
  return {
    fields,
    preflight(origin, methods) {
      const allowed = fields(origin);
      if (allowed === undefined) return undefined;
      return {
        ...allowed,
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
