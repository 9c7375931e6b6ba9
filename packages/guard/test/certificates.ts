// Certificates for tests, made with openssl.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Pem {
  readonly issue: (
    name: string,
    options?: { readonly usage?: string; readonly days?: number; readonly ca?: boolean },
  ) => Pem;
  readonly close: () => void;
}

/** A certificate authority whose certificates this machine trusts nowhere. */
export function createAuthority(name: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-ca-'));
  const path = (file: string): string => join(folder, file);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = (file: string): void =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path(file));
  newKey('ca.key');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    path('ca.key'),
    '-subj',
    `/CN=${name}`,
    '-days',
    '30',
    '-out',
    path('ca.pem'),
  );
  let serial = 0;
  return {
    cert: readFileSync(path('ca.pem'), 'utf8'),
    key: readFileSync(path('ca.key'), 'utf8'),
    issue(subject, { usage = 'clientAuth', days = 30, ca = false } = {}) {
      serial += 1;
      const file = `${serial}`;
      newKey(`${file}.key`);
      openssl('req', '-new', '-key', path(`${file}.key`), '-subj', `/CN=${subject}`, '-out', path(`${file}.csr`));
      writeFileSync(
        path(`${file}.ext`),
        `basicConstraints=CA:${ca ? 'TRUE' : 'FALSE'}\nextendedKeyUsage=${usage}\nsubjectAltName=DNS:${subject},IP:127.0.0.1\n`,
      );
      const signing = ['x509', '-req', '-in', path(`${file}.csr`), '-CA', path('ca.pem'), '-CAkey', path('ca.key')];
      const terms = ['-set_serial', String(serial + 1000), '-days', String(days), '-extfile', path(`${file}.ext`)];
      openssl(...signing, ...terms, '-out', path(`${file}.pem`));
      return { cert: readFileSync(path(`${file}.pem`), 'utf8'), key: readFileSync(path(`${file}.key`), 'utf8') };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
