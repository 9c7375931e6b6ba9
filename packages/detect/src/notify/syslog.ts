import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hostname } from 'node:os';
import type { Severity } from '../detector.ts';
import type { Incident } from '../incidents/incident.ts';

export interface SyslogOptions {
  readonly host: string;
  /** Default 6514 with TLS, 601 without. */
  readonly port?: number | undefined;
  /** Default true. */
  readonly tls?: boolean | undefined;
  /** PEM of the authorities that the server's certificate is checked against. Default: those that Node knows. */
  readonly ca?: string | undefined;
}

/** Facility 13: log audit. */
const facility = 13;
const severities: Readonly<Record<Severity, number>> = { low: 5, medium: 4, high: 3, critical: 2 };

/**
 * An incident as a message of RFC 5424, with the OCSF finding as its text.
 * @param time milliseconds since the epoch
 */
export function syslogMessage(incident: Incident, finding: object, time: number): string {
  const priority = facility * 8 + severities[incident.severity];
  // What the parameters of structured data must not hold stands escaped (section 6.3.3).
  const value = (text: string): string => text.replaceAll(/["\\\]]/g, (sign) => `\\${sign}`);
  const data = `[incident@32473 id="${value(incident.id)}" severity="${incident.severity}" detectors="${value(incident.detectors.join(' '))}"]`;
  const host = hostname().replaceAll(/[^!-~]/g, '') || '-';
  return `<${priority}>1 ${new Date(time).toISOString()} ${host} castellan ${process.pid} incident ${data} ${JSON.stringify(finding)}`;
}

/**
 * Sends a message over a connection of its own: TLS (RFC 5425) or TCP (RFC 6587), with its length before it. Syslog acknowledges nothing:
 * what the system took of a connection that stands counts as sent.
 * @param patience milliseconds for all of it
 * @throws Error where it could not be sent
 */
export function sendSyslog(
  { host, port, tls = true, ca }: SyslogOptions,
  message: string,
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ready = (): void => {
    const bytes = Buffer.from(message, 'utf8');
    socket.end(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), resolve);
  };
  const socket = tls
    ? connectTls(
        {
          host,
          port: port ?? 6514,
          ...(ca === undefined ? {} : { ca }),
          ...(isIP(host) === 0 ? { servername: host } : {}),
        },
        ready,
      )
    : connect({ host, port: port ?? 601 }, ready);
  const late = setTimeout(() => socket.destroy(new Error('it does not answer')), patience);
  const stop = (): void => void socket.destroy(new Error('the process ends'));
  signal.addEventListener('abort', stop);
  // What it says is of no interest, and must not keep the connection.
  socket.resume();
  socket.on('error', (error: NodeJS.ErrnoException) =>
    reject(new Error(error.code ?? error.message, { cause: error })),
  );
  socket.on('close', () => {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
    reject(new Error('it ended the connection'));
  });
  return promise;
}
