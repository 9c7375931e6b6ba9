import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { CastellanError, nearest } from '@castellan/contract';

/** What the URL of a PostgreSQL says. */
export interface PostgresPlace {
  /** Without what says how to use TLS. */
  readonly connectionString: string;
  readonly tls: ConnectionOptions | false;
  /** Without credentials. */
  readonly name: string;
}

/** Parameters of the URL that this reads; the names are those of libpq. */
const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Reads the URL of a PostgreSQL. Without `sslmode` a server on another machine is asked for a certificate that a known authority signed
 * for its name (`verify-full`), and one on this machine for none.
 * @param cwd what the files of `sslrootcert`, `sslcert`, `sslkey` are relative to
 * @throws CastellanError `store-url`
 */
export function readPostgresUrl(text: string, cwd: string): PostgresPlace {
  if (!URL.canParse(text))
    throw wrong(
      'is no URL',
      'write postgres://user:password@host:5432/database; encode @ and / in the password as %40, %2F',
    );
  const url = new URL(text);
  const asked = Object.fromEntries(parameters.map((name) => [name, url.searchParams.get(name) ?? undefined]));
  for (const name of url.searchParams.keys())
    if (/^ssl/i.test(name) && !parameters.some((one) => one === name))
      throw wrong(`has the unknown parameter ${name}`, `did you mean ${nearest(name, parameters) ?? 'sslmode'}?`);
  for (const name of parameters) url.searchParams.delete(name);
  const place = { connectionString: url.href, name: `${url.protocol}//${url.host}${url.pathname}` };
  const socket =
    url.searchParams.get('host')?.startsWith('/') === true || url.hostname === '' || url.hostname.startsWith('%2F');
  const here = socket || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const mode = asked['sslmode'] ?? (here && asked['sslrootcert'] === undefined ? 'disable' : 'verify-full');
  if (!modes.some((one) => one === mode))
    throw wrong(
      `has sslmode=${mode}`,
      mode === 'no-verify' || mode === 'prefer' || mode === 'allow'
        ? 'write verify-full (with sslrootcert=FILE for an authority of your own), or disable where the network is private'
        : `write one of ${modes.join(', ')}`,
    );
  if (mode === 'disable') return { ...place, tls: false };
  const [ca, cert, key] = (['sslrootcert', 'sslcert', 'sslkey'] as const).map((name) => fileOf(name, asked[name], cwd));
  if ((cert === undefined) !== (key === undefined))
    throw wrong('names one of sslcert and sslkey', 'name both, or none');
  return {
    ...place,
    tls: {
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
      // Whose name is on the certificate is not asked.
      ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    },
  };
}

function fileOf(name: string, path: string | undefined, cwd: string): string | undefined {
  if (path === undefined) return undefined;
  // What libpq calls the authorities of the system.
  if (name === 'sslrootcert' && path === 'system') return undefined;
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    throw wrong(
      `names ${name}=${path}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'name a PEM file that this process may read',
    );
  }
}

function wrong(what: string, mend: string): CastellanError {
  return new CastellanError({ code: 'store-url', message: `the URL of the store ${what}`, mend });
}
