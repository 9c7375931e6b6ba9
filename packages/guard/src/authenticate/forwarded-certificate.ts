import { X509Certificate } from 'node:crypto';
import { compileTrustedPeer } from '../address.ts';
import { badOption } from '../configuration/reader.ts';
import type { IncomingRequest } from '../incoming.ts';
import { parseList } from './structured-fields.ts';

/**
 * Takes the client certificate of a request from the field in which a TLS proxy names it, and makes it the certificate
 * that `incoming.clientCertificate()` gives.
 * @returns why the request is refused, stable kebab case; undefined where it may go on
 */
export type ForwardedCertificate = (incoming: IncomingRequest) => string | undefined;

/** Characters of one field; what a proxy sends of a certificate is 1,000 to 4,000. */
const maxLength = 16 * 1024;
const maxChain = 10;
/** Certificates that are cached as parsed. */
const maxKept = 1000;

/**
 * `Client-Cert` and `Client-Cert-Chain` of trusted proxies (RFC 9440). The proxy verified the certificate. Of its requests
 * the certificate of the connection counts for nothing: that is the proxy's own. Whoever else sends the fields is refused.
 * @param trusted addresses or CIDR ranges of the peers that are believed
 * @throws CastellanError `bad-option`, `bad-trusted-proxy`
 */
export function forwardedCertificates(trusted: readonly string[]): ForwardedCertificate {
  if (trusted.length === 0)
    throw badOption(
      'options.clientCertificate',
      "is 'header', and trustedProxies names no proxy that may send it",
      "write trustedProxies: ['10.0.0.7'], the addresses of the proxies that end TLS",
    );
  const isTrusted = compileTrustedPeer(trusted);
  const kept = new Map<string, X509Certificate>();
  return (incoming) => {
    const { certificate, chain } = fieldsOf(incoming.rawHeaders);
    const trustedPeer = isTrusted(incoming.remoteAddress);
    if (certificate.length + chain.length === 0) {
      if (trustedPeer) incoming.clientCertificate = none;
      return undefined;
    }
    // Should it be asked for all the same, under `observe`: nobody showed one that is good.
    incoming.clientCertificate = none;
    if (!trustedPeer) return 'certificate-field-of-untrusted-peer';
    if (certificate.length > 1 || chain.length > 1) return 'certificate-field-duplicated';
    const [text] = certificate;
    if (text === undefined) return 'certificate-chain-without-certificate';
    const [issuers] = chain;
    if (text.length > maxLength || (issuers ?? '').length > maxLength) return 'certificate-field-too-long';
    if (issuers !== undefined && certificatesOf(issuers, maxChain) === undefined) return 'certificate-chain-malformed';
    const found = kept.get(text) ?? certificatesOf(text, 1)?.[0];
    if (found === undefined) return 'certificate-field-malformed';
    if (kept.size >= maxKept) kept.clear();
    kept.set(text, found);
    incoming.clientCertificate = () => found;
    return undefined;
  };
}

function none(): undefined {
  return undefined;
}

/** The values of both fields, one for each line. */
function fieldsOf(rawHeaders: readonly string[]): {
  readonly certificate: readonly string[];
  readonly chain: readonly string[];
} {
  const certificate: string[] = [];
  const chain: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const { length } = rawHeaders[i] ?? '';
    if (length !== 11 && length !== 17) continue;
    const name = rawHeaders[i]?.toLowerCase();
    if (name === 'client-cert') certificate.push(rawHeaders[i + 1] ?? '');
    else if (name === 'client-cert-chain') chain.push(rawHeaders[i + 1] ?? '');
  }
  return { certificate, chain };
}

/** Certificates in DER, each a byte sequence; undefined where there is none, more than `most`, or one that is something else. */
function certificatesOf(text: string, most: number): readonly X509Certificate[] | undefined {
  const members = parseList(text, maxLength);
  if (members === undefined || members.length === 0 || members.length > most) return undefined;
  const certificates: X509Certificate[] = [];
  for (const { item } of members) {
    const certificate = item.type === 'bytes' ? parsed(item.value) : undefined;
    if (certificate === undefined) return undefined;
    certificates.push(certificate);
  }
  return certificates;
}

function parsed(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // Node takes PEM too, and bytes after the certificate.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
