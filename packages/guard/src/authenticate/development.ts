import type { SchemeNotice } from '../scheme.ts';
import type { VerifyConfiguration } from './configuration.ts';
import type { SchemeRequest } from '../scheme.ts';

const realMend =
  'configure the identity provider of production, or name its host in connection: { hosts: […] } where this is the one of production';

/** Labels of a host name that say what it is for. */
const mockLabels = /^(?:mock|fake|dummy|stub|noop)(?:[-_]?\w+)*$|(?:^|[-_])(?:mock|fake|dummy|stub)(?:[-_]|$)/;
const developmentLabels =
  /^(?:dev|develop|development|test|testing|local|sandbox|staging|stage|qa|uat|demo)$|^(?:dev|test|sandbox|staging|stage|qa|uat)[-_]|[-_](?:dev|test|sandbox|staging|stage|qa|uat)$/;
/** Names that nobody owns (RFC 2606, RFC 6761, RFC 6762): what answers there is whatever this machine decides. */
const reserved = /(?:^|\.)(?:localhost|local|test|example|invalid|localdomain)$|(?:^|\.)example\.(?:com|net|org)$/;

/**
 * What makes an issuer one of development: it is on this machine, under a reserved name, says so itself, or is not
 * encrypted. None of it may authenticate callers of production (the article's 'mock or dummy authentication service').
 * @param hosts names that somebody wrote down as those of the real provider
 */
export function issuerNotices(
  scheme: string,
  issuer: string,
  algorithms: readonly string[],
  addresses: readonly (string | undefined)[] = [],
  hosts: readonly string[] = [],
): readonly SchemeNotice[] {
  const why = developmentReason(issuer, hosts);
  const notices: SchemeNotice[] = [];
  if (why !== undefined) {
    notices.push({
      code: 'mock-identity',
      message: `authentication.${scheme}.issuer '${issuer.slice(0, 200)}' ${why}`,
      fatalInProduction: true,
      mend: realMend,
    });
  }
  for (const address of addresses) {
    if (address === undefined || !isUnencrypted(address) || why !== undefined) continue;
    notices.push({
      code: 'unencrypted-provider',
      message: `authentication.${scheme}: ${address.slice(0, 200)} is not encrypted (http): an attacker on the network can pose as the identity provider`,
      fatalInProduction: true,
      mend: 'name it with https',
    });
  }
  if (algorithms.some((name) => name.startsWith('HS'))) {
    notices.push({
      code: 'shared-signing-secret',
      message: `authentication.${scheme} verifies with a shared secret: whoever can verify a token can also make one`,
      fatalInProduction: false,
    });
  }
  return notices;
}

/** As `fetch` reads an address: white space around it and the case of its scheme mean nothing. */
function isUnencrypted(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'http:';
}

/** Completes "the issuer …"; undefined where nothing speaks against it. */
function developmentReason(issuer: string, hosts: readonly string[]): string | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const url = new URL(issuer);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (hosts.includes(host) && url.protocol === 'https:') return undefined;
  if (host === '::1' || host === '0.0.0.0' || host.startsWith('127.') || host === 'host.docker.internal')
    return 'is this machine';
  if (reserved.test(host)) return 'is under a name that is reserved for tests and documentation';
  const labels = host.split('.').slice(0, -1);
  if (labels.some((label) => mockLabels.test(label))) return 'calls itself a mock';
  if (labels.slice(0, -1).some((label) => developmentLabels.test(label))) return 'calls itself one of development';
  if (url.protocol === 'http:')
    return 'is not encrypted (http): an attacker on the network can pose as the identity provider';
  return undefined;
}

/** Credentials that no verifier can know: 256 random bits would do, but a fixed text is the same in every start. */
const nonsense = [
  'castellan-probe-7Qm2vXe9Lk4TzR1yWc8NfB5dHs0JgPaU',
  'castellan-probe:3bVn6YtQw1Xs9Ke4Rz7Lm2Hc8Fj5Gd0P',
];

/** Whether a verifier of the application's own accepts what nobody gave out: then it is a mock. */
export async function acceptsAnything(configuration: VerifyConfiguration, now: number): Promise<boolean> {
  for (const credential of nonsense) {
    try {
      const identity = await configuration.verify(credential, probeRequest(now));
      if (identity === undefined || !('subject' in identity) || typeof identity.subject !== 'string') return false;
    } catch {
      return false;
    }
  }
  return true;
}

function probeRequest(now: number): SchemeRequest {
  return {
    incoming: {
      method: 'GET',
      target: '/',
      rawHeaders: [],
      headers: {},
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      encrypted: true,
    },
    authorization: undefined,
    address: '127.0.0.1',
    url: 'https://castellan.invalid/',
    now,
  };
}
