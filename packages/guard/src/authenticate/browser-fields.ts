import type { SchemeConfiguration, TokenConfiguration } from './configuration.ts';

/** Fields of credentials that pages of other origins send, and those of answers that they have to read. */
export interface BrowserFields {
  readonly send: readonly string[];
  readonly read: readonly string[];
}

/** What entries ask of requests, and no document says: proofs (RFC 9449), tokens in fields of their own, CSRF tokens, signatures. */
export function browserFields(configurations: Iterable<SchemeConfiguration>): BrowserFields {
  const send = new Set<string>();
  const read = new Set<string>();
  for (const configuration of configurations) {
    for (const { proof, from } of tokensOf(configuration)) {
      if (from?.header !== undefined) send.add(from.header.toLowerCase());
      if (proof === undefined || proof.kinds?.includes('dpop') === false) continue;
      send.add('dpop');
      // Without it a page cannot answer a demand for a nonce.
      read.add('dpop-nonce').add('www-authenticate');
    }
    if ('csrf' in configuration && configuration.csrf !== undefined)
      send.add((configuration.csrf.header ?? 'x-csrf-token').toLowerCase());
    if ('signatures' in configuration) send.add('signature').add('signature-input').add('content-digest');
  }
  return { send: [...send], read: [...read] };
}

/** The kinds of tokens that an entry takes; none where it takes other credentials. */
export function tokensOf(configuration: SchemeConfiguration): readonly TokenConfiguration[] {
  if ('issuers' in configuration) return configuration.issuers;
  return 'issuer' in configuration || 'secret' in configuration ? [configuration] : [];
}
