import { constants, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { CastellanError } from '@castellan/contract';
import type { Guard } from '@castellan/guard';
import { WatchedFile } from '@castellan/guard/secrets';
import type { TlsFileOptions } from './options.ts';

/** What Node takes of them. */
export type TlsValue = TlsOptions & { readonly cert: Buffer };

/** Certificate, key and client CA of a server, as they are now. */
export interface TlsFiles {
  readonly value: TlsValue;
  /** Gives new connections of this server what the files say then. */
  serve(server: Server): void;
  /** Looks at the files at once; by itself that happens twice a second. */
  refresh(): void;
  close(): void;
}

/**
 * Reads the TLS files, and again when one of them changes. They are taken together: while a new certificate and an old key do
 * not belong to each other, the last ones that did stay in force, and that is said.
 * @throws CastellanError `tls-file`
 */
export function watchTls(tls: TlsFileOptions): TlsFiles {
  // The watch says other words of a file that is not there.
  readTls(tls);
  const others = tls.clientCa === undefined ? [tls.key] : [tls.key, tls.clientCa];
  const watched = new WatchedFile<TlsValue>(tls.cert, () => readTls(tls), undefined, others);
  return {
    get value() {
      return watched.value;
    },
    serve(server) {
      if (!(server instanceof TlsServer)) return;
      let inForce = watched.value;
      watched.changed = () => {
        const { failure, value } = watched;
        if (failure !== undefined) process.emitWarning(failure, { type: 'Castellan', code: 'stale-file' });
        if (value === inForce) return;
        inForce = value;
        server.setSecureContext(value);
      };
    },
    refresh: () => watched.refresh(),
    close: () => watched.close(),
  };
}

/** Reads them once. @throws CastellanError `tls-file` */
export function readTls(tls: TlsFileOptions): TlsValue {
  const cert = readPem(tls.cert, 'certificate');
  const key = readPem(tls.key, 'key');
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new CastellanError({
      code: 'tls-file',
      message: `the TLS certificate and key cannot be used (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: tls.cert },
      mend: 'name a PEM certificate chain, and the PEM private key that belongs to it without a passphrase',
      cause,
    });
  }
  const ca = tls.clientCa === undefined ? undefined : readPem(tls.clientCa, 'client CA');
  try {
    // Node takes a file without any for one of none, and would know no caller.
    if (ca !== undefined) void new X509Certificate(ca);
  } catch (cause) {
    throw new CastellanError({
      code: 'tls-file',
      message: `the TLS client CA cannot be used (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: tls.clientCa ?? '' },
      mend: 'name a PEM file of the certificates of authorities',
      cause,
    });
  }
  return {
    cert,
    key,
    minVersion: tls.minVersion ?? 'TLSv1.2',
    // Under TLS 1.2 a client could otherwise show another certificate after the first one was verified.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // A caller without a certificate is refused by the operation that needs one, not by the connection.
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
  };
}

/**
 * Why callers refuse the certificate of a server by its dates; undefined where they do not.
 * @param cert PEM, the server's own certificate first
 * @param now milliseconds since the epoch
 */
export function certificateOver(cert: Buffer, now: number): string | undefined {
  const { validFrom, validTo } = new X509Certificate(cert);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  if (to < now) return `the TLS certificate ended on ${day(to)}`;
  return from > now ? `the TLS certificate is good only from ${day(from)} on` : undefined;
}

/** The same as a notice of a gateway that runs with it. */
export function tlsNotices(files: TlsFiles | undefined, now: number): Guard['notices'] {
  const over = files === undefined ? undefined : certificateOver(files.value.cert, now);
  if (over === undefined) return [];
  return [
    { code: 'certificate-over', message: `${over}, so that callers refuse it; renew the file of listen.tls.cert` },
  ];
}

function readPem(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CastellanError({
      code: 'tls-file',
      message: `the TLS ${what} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: `name a readable PEM file`,
      cause,
    });
  }
}
