import type { X509Certificate } from 'node:crypto';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import type { CertificatesConfiguration, Grant } from './configuration.ts';
import { challengeOf } from './scheme-credential.ts';

/** id-kp-clientAuth (RFC 5280 section 4.2.1.12). */
const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/**
 * Takes the verified certificate of a mutual-TLS connection for its holder's identity. The chain was verified by the
 * TLS server; times, purpose and holder are checked here.
 * @throws CastellanError `bad-authentication`
 */
export function certificateVerifier(
  scheme: SecurityScheme,
  { certificates }: CertificatesConfiguration,
  realm: string,
): SchemeVerifier {
  const where = `authentication.${scheme.name}.certificates`;
  const known = knownHolders(certificates.known ?? {});
  if (known.byFingerprint.size + known.byName.size === 0 && certificates.anyone !== true) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where} knows nobody`,
      mend: "write known: { '<SHA-256 fingerprint>': { subject } }, or anyone: true where every certificate of the CA may call",
    });
  }
  if (certificates.anyone === true && certificates.subject === undefined) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where} does not say where the subject is written`,
      mend: "write subject: 'common-name', 'dns', 'uri' or 'email'",
    });
  }
  const identities = new Map<string, { readonly identity: Identity; readonly from: number; readonly to: number }>();

  return {
    scheme,
    challenge: challengeOf(scheme, realm),
    notices: [],
    verify(request) {
      const certificate = request.incoming.clientCertificate?.();
      if (certificate === undefined) return { outcome: 'missing' };
      const fingerprint = certificate.fingerprint256;
      let entry = identities.get(fingerprint);
      if (entry === undefined) {
        const read = identityOf(certificate, certificates, known);
        if ('outcome' in read) return read;
        entry = { identity: read, from: Date.parse(certificate.validFrom), to: Date.parse(certificate.validTo) };
        if (identities.size >= 10_000) identities.clear();
        identities.set(fingerprint, entry);
      }
      if (!(request.now >= entry.from)) return refused('certificate-not-yet-valid');
      if (!(request.now <= entry.to)) return refused('certificate-expired');
      return { outcome: 'verified', identity: entry.identity };
    },
  };
}

function refused(reason: string): SchemeOutcome {
  return { outcome: 'refused', reason };
}

/** Grants by what names their holders: a name in a certificate is never a fingerprint, whatever it spells. */
interface KnownHolders {
  readonly byFingerprint: ReadonlyMap<string, Grant>;
  readonly byName: ReadonlyMap<string, Grant>;
}

function knownHolders(grants: Readonly<Record<string, Grant>>): KnownHolders {
  const byFingerprint = new Map<string, Grant>();
  const byName = new Map<string, Grant>();
  for (const [name, grant] of Object.entries(grants)) {
    const hex = fingerprintOf(name);
    if (/^[0-9a-f]{64}$/.test(hex)) byFingerprint.set(hex, grant);
    else byName.set(name, grant);
  }
  return { byFingerprint, byName };
}

/** A fingerprint in one spelling. */
function fingerprintOf(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

function identityOf(
  certificate: X509Certificate,
  certificates: CertificatesConfiguration['certificates'],
  known: KnownHolders,
): Identity | SchemeOutcome {
  if (certificate.ca) return refused('certificate-of-an-authority');
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (usages !== undefined && !usages.includes(clientAuthentication)) return refused('certificate-not-for-clients');
  const thumbprint = fingerprintOf(certificate.fingerprint256);
  const subject = certificates.subject === undefined ? undefined : subjectOf(certificate, certificates.subject);
  const grant = known.byFingerprint.get(thumbprint) ?? (subject === undefined ? undefined : known.byName.get(subject));
  if (grant === undefined && certificates.anyone !== true) return refused('unknown-certificate');
  const name = grant?.subject ?? subject;
  if (name === undefined || name === '') return refused('certificate-without-subject');
  const expiresAt = Date.parse(certificate.validTo);
  return {
    subject: name,
    issuer: certificate.issuer.replaceAll('\n', ', ').slice(0, 500),
    scopes: Object.freeze([...(grant?.scopes ?? [])]),
    groups: Object.freeze([...(grant?.groups ?? [])]),
    claims: Object.freeze({}),
    credential: Object.freeze({
      kind: 'certificate',
      id: thumbprint,
      expiresAt,
      boundTo: Buffer.from(thumbprint, 'hex').toString('base64url'),
    }),
    issuedAt: Date.parse(certificate.validFrom),
    ...(grant?.tenant === undefined ? {} : { tenant: grant.tenant }),
  };
}

/** The one name of the kind that is asked for; undefined where there are none or several, because then none is meant. */
function subjectOf(certificate: X509Certificate, kind: 'common-name' | 'dns' | 'uri' | 'email'): string | undefined {
  if (kind === 'common-name') {
    const names = certificate.subject.split('\n').filter((line) => line.startsWith('CN='));
    return names.length === 1 ? names[0]?.slice(3) : undefined;
  }
  const prefix = { dns: 'DNS:', uri: 'URI:', email: 'email:' }[kind];
  // Node quotes what could be mistaken for a separator; a quoted name is never what was meant here.
  const names = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith(prefix));
  const name = names.length === 1 ? names[0]?.slice(prefix.length) : undefined;
  return name === undefined || name.includes('"') ? undefined : name;
}
