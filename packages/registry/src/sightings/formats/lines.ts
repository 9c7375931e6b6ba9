import { mostCounted } from '../bounded.ts';
import type { LoggedRequest } from '../sighting.ts';
import { anyTime, commonLogTime } from './log-time.ts';

/** Reads one line; undefined where it is no request of this format. */
export type ReadLine = (line: string) => LoggedRequest | undefined;

/**
 * nginx and Apache, `common` and `combined`, with or without the virtual host before (`vhost_combined`) and whatever stands after:
 * `10.0.0.1 - ada [29/Nov/2026:15:30:12 +0100] "GET /a?b HTTP/1.1" 200 17 "-" "curl/8"`
 */
const combined =
  /^(\S+) (\S+) ([^[]*?) ?\[([^\]]{26})\] "([A-Za-z-]{1,24}) ([^" ]*)(?: HTTP\/[\d.]+)?" (\d{3}) (\d+|-)/;
/** Four words before the time, the second of them an address: the first is the virtual host. */
const address = /^[\d.]+$|^[\da-f]*:[\da-f:.]*$/i;

export const readCombined: ReadLine = (line) => {
  const match = combined.exec(line);
  if (match === null) return undefined;
  const [, first = '', second = '', rest = '', written = '', method = '', target = '', status = '', bytes = ''] = match;
  const time = commonLogTime(written);
  if (Number.isNaN(time)) return undefined;
  const host = second !== '-' && rest.includes(' ') && address.test(second) ? first : '';
  return request({ host, method, target, status, time, bytesOut: bytes, bytesIn: 0, duration: 0 });
};

/**
 * Envoy's default: `[2026-11-29T15:30:12.000Z] "GET /a HTTP/1.1" 200 - 0 17 3 2 "-" "curl/8" "id" "api.example.com" "10.0.0.2:80"`;
 * what was received, sent, and took, in this order, stands after the flags.
 */
const envoy =
  /^\[(\d{4}-[^\]]+)\] "([A-Za-z-]{1,24}) ([^" ]*)(?: HTTP\/[\d.]+)?" (\d{1,3}) \S+ (?:\S+ \S+ "[^"]*" )?(\d+) (\d+) (\d+)(?: (?:\d+|-) "[^"]*" "(?:[^"\\]|\\.)*" "[^"]*" "([^"]*)")?/;

export const readEnvoy: ReadLine = (line) => {
  const match = envoy.exec(line);
  if (match === null) return undefined;
  const [, written = '', method = '', target = '', status = '', received, sent, took, host = ''] = match;
  const time = Date.parse(written);
  if (Number.isNaN(time)) return undefined;
  return request({
    host,
    method,
    target,
    status,
    time,
    bytesIn: received,
    bytesOut: sent,
    duration: took,
  });
};

/** AWS Application Load Balancer: `https 2026-11-29T15:30:12.1Z app/x/1 10.0.0.1:1 10.0.0.2:80 0.0 0.1 0.0 200 200 34 366 "GET https://a/b HTTP/1.1" …` */
const alb =
  /^(?:https?|h2|grpcs|wss?) (\d{4}-\S+Z) \S+ \S+ \S+ (-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (\d{3}|-) \S+ (\d+) (\d+) "([A-Za-z-]{1,24}) (\S+) /;

export const readAlb: ReadLine = (line) => {
  const match = alb.exec(line);
  if (match === null) return undefined;
  const [, written = '', one, two, three, status = '', received, sent, method = '', url = ''] = match;
  const time = Date.parse(written);
  if (Number.isNaN(time)) return undefined;
  const took = [one, two, three].map(Number).filter((seconds) => seconds > 0);
  const [, host = '', target = '/'] = /^[a-z]+:\/\/([^/:?]+)(?::\d+)?(.*)$/i.exec(url) ?? [];
  return request({
    host,
    method,
    target: target === '' ? '/' : target,
    status: status === '-' ? '000' : status,
    time,
    bytesIn: received,
    bytesOut: sent,
    duration: took.reduce((sum, seconds) => sum + seconds * 1000, 0),
  });
};

/** Names under which JSON lines have what is asked for; `a.b` goes into members. */
export interface JsonMapping {
  readonly method: string;
  /** Path and query; or a whole URL. */
  readonly path: string;
  readonly status: string;
  readonly time?: string | undefined;
  readonly host?: string | undefined;
  readonly bytes?: string | undefined;
  /** Seconds, or with `durationUnit: 'ms'` milliseconds. */
  readonly duration?: string | undefined;
}

/** Names that servers and collectors use, the first that is there counts. */
const usual: Readonly<Record<keyof JsonMapping, readonly string[]>> = {
  method: [
    'method',
    'request_method',
    'http_method',
    'verb',
    'req.method',
    'request.method',
    'http.request.method',
    'httpRequest.requestMethod',
  ],
  path: [
    'path',
    'request_uri',
    'uri',
    'url',
    'req.url',
    'request.uri',
    'request.path',
    'http.target',
    'url.path',
    'httpRequest.requestUrl',
    'request_path',
  ],
  status: [
    'status',
    'status_code',
    'response_code',
    'res.statusCode',
    'response.status',
    'http.status_code',
    'httpRequest.status',
    'statusCode',
    'code',
  ],
  time: ['time', 'timestamp', '@timestamp', 'ts', 'time_iso8601', 'start_time', 'date', 'msec'],
  host: ['host', 'http_host', 'authority', 'request.host', 'server_name', 'url.domain', 'vhost'],
  bytes: [
    'bytes',
    'body_bytes_sent',
    'bytes_sent',
    'size',
    'res.contentLength',
    'response_size',
    'httpRequest.responseSize',
  ],
  duration: ['duration', 'request_time', 'latency', 'elapsed', 'responseTime'],
};

/** JSON lines, by the names that a mapping gives and the usual ones for the rest. */
export function jsonLines(mapping: Partial<JsonMapping> = {}): ReadLine {
  const names = (key: keyof JsonMapping): readonly string[] => {
    const given = mapping[key];
    return given === undefined ? usual[key] : [given];
  };
  const all = Object.fromEntries((Object.keys(usual) as (keyof JsonMapping)[]).map((key) => [key, names(key)]));
  return (line) => {
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch {
      return undefined;
    }
    const of = (key: keyof JsonMapping): unknown => first(entry, all[key] ?? []);
    const [method, path, status] = [of('method'), of('path'), of('status')];
    if (typeof method !== 'string' || typeof path !== 'string' || !/^\d{3}$/.test(String(status))) return undefined;
    const url = /^[a-z][a-z\d+.-]*:\/\/([^/:?#]+)(?::\d+)?([^#]*)/i.exec(path);
    const host = of('host');
    return request({
      method,
      host: url?.[1] ?? (typeof host === 'string' ? host : ''),
      target: url === null ? path : url[2] === '' ? '/' : (url[2] ?? '/'),
      status: String(status),
      time: anyTime(of('time')),
      bytesIn: 0,
      bytesOut: Number(of('bytes') ?? 0),
      duration: Number(of('duration') ?? 0) * 1000,
    });
  };
}

function first(entry: unknown, names: readonly string[]): unknown {
  for (const name of names) {
    const found = memberAt(entry, name);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

function memberAt(entry: unknown, name: string): unknown {
  if (typeof entry !== 'object' || entry === null) return undefined;
  if (Object.hasOwn(entry, name)) return (entry as Readonly<Record<string, unknown>>)[name];
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : memberAt(memberAt(entry, name.slice(0, dot)), name.slice(dot + 1));
}

interface Written {
  readonly host: string;
  readonly method: string;
  readonly target: string;
  readonly status: string;
  readonly time: number;
  readonly bytesIn: string | number | undefined;
  readonly bytesOut: string | number | undefined;
  readonly duration: string | number | undefined;
}

function request({
  host,
  method,
  target,
  status,
  time,
  bytesIn,
  bytesOut,
  duration,
}: Written): LoggedRequest | undefined {
  const code = Number(status);
  if (code > 599 || (!target.startsWith('/') && !/^[a-z]+:\/\//i.test(target) && target !== '*')) return undefined;
  return {
    host: host.toLowerCase().replace(/:\d+$/, ''),
    method: method.toUpperCase(),
    target,
    status: code,
    time,
    bytesIn: numberOf(bytesIn),
    bytesOut: numberOf(bytesOut),
    duration: numberOf(duration),
  };
}

function numberOf(value: string | number | undefined): number {
  const number = Number(value);
  return number > 0 ? Math.min(number, mostCounted) : 0;
}
