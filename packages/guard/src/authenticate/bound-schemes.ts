import { tokensOf } from './browser-fields.ts';
import type { SchemeConfiguration } from './configuration.ts';

/**
 * The schemes whose every credential is good only with the key that belongs to it: client certificates (RFC 8705), signed
 * requests (RFC 9421), tokens of which proof is required (RFC 9449). Whoever steals the credential alone has nothing.
 */
export function boundSchemes(configurations: ReadonlyMap<string, SchemeConfiguration>): ReadonlySet<string> {
  const bound = [...configurations].filter(([, configuration]) => {
    if ('certificates' in configuration || 'signatures' in configuration) return true;
    const tokens = tokensOf(configuration);
    return tokens.length > 0 && tokens.every(({ proof }) => proof?.required === true);
  });
  return new Set(bound.map(([name]) => name));
}
