import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { connect, type TLSSocket } from 'node:tls';
import { CastellanError } from '@castellan/contract';
import type { LineSink } from './line-sink.ts';
import { defaultClasses, type SyslogOptions } from './options.ts';

/** Facility 13, log audit (RFC 5424 section 6.2.1), and its severities by those of OCSF. */
const facility = 13;
const severities: ReadonlyMap<number, number> = new Map([
  [1, 6],
  [3, 4],
  [4, 3],
  [5, 2],
]);
/** Messages and bytes that wait at most. */
const most = 8192;
const maxBuffered = 8 * 1024 * 1024;
const firstRetry = 1000;
const longestRetry = 60_000;
const port = 6514;

/**
 * One event as a syslog message with its length before it (RFC 5425 section 4.3.1).
 * @param time milliseconds since the epoch
 */
export function syslogFrame(line: string, severity: number, time: number, host: string, process: number): Buffer {
  const priority = facility * 8 + (severities.get(severity) ?? 6);
  const header = `<${priority}>1 ${new Date(time).toISOString()} ${host} castellan ${process} exchange - `;
  const message = Buffer.from(header + line);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/**
 * Sends events by syslog over TLS. The connection is made with the first event, and again when it ends.
 * @param now milliseconds since the epoch
 * @throws CastellanError `unreadable-file`
 */
export function openSyslog(options: SyslogOptions, now: () => number): LineSink & { readonly lost: number } {
  const files = { ca: readPem(options.ca), cert: readPem(options.certificate), key: readPem(options.key) };
  const host = (hostname() || '-').replaceAll(/[^\x21-\x7e]/g, '-').slice(0, 255);
  const waiting: Buffer[] = [];
  let socket: TLSSocket | undefined;
  let ready = false;
  let retry = firstRetry;
  let timer: NodeJS.Timeout | undefined;
  let lost = 0;
  let told = -Infinity;
  let closing = false;

  const tell = (why: string): void => {
    if (now() - told < 60_000) return;
    told = now();
    process.emitWarning(`events are not taken by syslog at ${options.host} (${why}); see to the receiver`, {
      type: 'Castellan',
      code: 'syslog-away',
    });
  };
  const drain = (): void => {
    while (ready && socket !== undefined && waiting.length > 0 && socket.writableLength < maxBuffered)
      socket.write(waiting.shift() ?? '');
  };
  const open = (): void => {
    if (socket !== undefined || timer !== undefined) return;
    const opened = connect({ host: options.host, port: options.port ?? port, servername: options.host, ...files });
    socket = opened;
    opened.unref();
    opened.on('secureConnect', () => {
      ready = true;
      retry = firstRetry;
      drain();
    });
    opened.on('drain', drain);
    opened.on('error', (error: NodeJS.ErrnoException) => tell(error.code ?? error.message));
    opened.on('close', () => {
      ready = false;
      socket = undefined;
      if (closing) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (waiting.length > 0) open();
      }, retry).unref();
      retry = Math.min(longestRetry, retry * 2);
    });
    opened.resume();
  };
  return {
    classes: options.classes ?? defaultClasses,
    get lost() {
      return lost;
    },
    write(line, severity) {
      if (options.events === 'refused' && severity < 3) return;
      if (waiting.length >= most) {
        waiting.shift();
        lost += 1;
      }
      waiting.push(syslogFrame(line, severity, now(), host, process.pid));
      if (ready) drain();
      else open();
    },
    async close() {
      closing = true;
      clearTimeout(timer);
      timer = undefined;
      if (waiting.length > 0 && socket === undefined) open();
      const last = socket;
      if (last === undefined) return;
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => last.destroy(), 5000);
        last.once('close', () => {
          clearTimeout(late);
          resolve();
        });
        if (ready) last.end(Buffer.concat(waiting.splice(0)));
        else last.once('secureConnect', () => last.end(Buffer.concat(waiting.splice(0))));
      });
    },
  };
}

function readPem(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-file',
      message: 'the certificate file cannot be read',
      place: { file },
      mend: 'name a PEM file',
      cause,
    });
  }
}
