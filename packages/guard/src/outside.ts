import type { Routes } from '@castellan/contract';
import { badOption, reader, text, type Reader } from './configuration/reader.ts';

/** Tells, of a request for something that is no part of the API, which of the patterns names it. */
export type Outside = (method: string, path: string) => string | undefined;

const form = /^(?:[A-Z]+ )?\/(?:[\w.~!$&'()+,=:@%-]|\*(?!\*)|\/(?!\/|\*\*$|$))*(?:\/\*\*|\/)?$/;

const all = /^(?:[A-Z]+ )?\/\*{1,2}$/;

/** One path: `/health`, `GET /docs/**`, `/assets/*.js`. */
export const outsideReader: Reader<string> = reader(
  { type: 'string', pattern: form.source, not: { pattern: all.source } },
  (value, where) => {
    const given = text(value, where);
    if (all.test(given))
      throw badOption(where, 'would let everything undocumented pass', 'name what is outside, such as /docs/**');
    if (!form.test(given))
      throw badOption(
        where,
        `is '${given.slice(0, 80)}', which is no path that can be outside`,
        "write it from its first slash, with * for a part of a segment and /** at the end for all below: '/docs/**'",
      );
    return given;
  },
);

/**
 * Compiles what is outside of the API. Paths are compared byte by byte, after the path was found to be written in the one
 * way that every server reads alike. What a router could read as a documented path (in another case, with a slash at its end,
 * decoded) is never outside.
 */
export function compileOutside(patterns: readonly string[] | undefined, routes: Routes): Outside | undefined {
  if (patterns === undefined || patterns.length === 0) return undefined;
  const rules = patterns.map((pattern) => {
    const [, named = '', path = ''] = /^(?:([A-Z]+) )?(.*)$/s.exec(pattern) ?? [];
    const below = path.endsWith('/**');
    const written = (below ? path.slice(0, -3) : path)
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*');
    return { pattern, named, test: new RegExp(`^${written}${below ? '(?:/.*)?' : ''}$`, 's') };
  });
  return (method, path) => {
    const rule = rules.find(
      ({ named, test }) =>
        (named === '' || named === method || (named === 'GET' && method === 'HEAD')) && test.test(path),
    );
    return rule === undefined || routes.resembles(path) ? undefined : rule.pattern;
  };
}
