import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange, Verdict } from '../exchange.ts';
import type { RefusedEvent } from './event.ts';

/** Writes the event of one exchange as a JSON line, without the line end. `now`: monotonic milliseconds. */
export type Recorder = (exchange: Exchange, now: number) => string;

const activities: Readonly<Record<string, number>> = {
  POST: 1,
  GET: 2,
  HEAD: 2,
  QUERY: 2,
  PUT: 3,
  PATCH: 3,
  DELETE: 4,
};
const maxPath = 512;
const maxFailure = 4096;

/**
 * Compiles the event of an operation (or of requests that reach none): all that is the same for every request is
 * written once, as text.
 */
export function compileRecord(core: GuardCore, operation: Operation | undefined): Recorder {
  const { contract, settings } = core;
  const activity = activities[operation?.method ?? ''] ?? 99;
  const mode = operation?.castellan.mode ?? contract.castellan.mode ?? settings.mode;
  const head = `{"class_uid":6003,"category_uid":6,"activity_id":${activity},"type_uid":${600300 + activity},"severity_id":`;
  const product = '"product":{"name":"Castellan","vendor_name":"Castellan"}}';
  const api = `,"api":{"operation":${JSON.stringify(operation?.operationId ?? '')},"version":${JSON.stringify(contract.version)},"service":{"name":${JSON.stringify(contract.title)}}}`;
  const castellan = `"unmapped":{"castellan":{"mode":"${mode}","contract":"${contract.digest.slice(7, 19)}"${operation === undefined ? '' : `,"template":${JSON.stringify(operation.path)}`}`;
  // A path parameter that is marked sensitive keeps the path out of the log; the template stands there anyway.
  const sensitive =
    operation?.parameters.some(
      (parameter) => parameter.in === 'path' && isSensitive(parameter.castellan.sensitivity),
    ) ?? false;

  return (exchange, now) => {
    const { auth, verdict, observed } = exchange;
    const severity =
      verdict?.refusal.critical === true
        ? 5
        : exchange.failure !== undefined || verdict?.stage === 'release'
          ? 4
          : verdict === undefined
            ? 1
            : 3;
    const path = sensitive
      ? (operation?.path ?? '')
      : exchange.path === ''
        ? (exchange.incoming.target.split('?', 1)[0] ?? '')
        : exchange.path;
    let line =
      `${head}${severity},"status_id":${exchange.status > 0 && exchange.status < 400 ? 1 : 2},"time":${exchange.now},"duration":${Math.max(0, now - exchange.startedAt).toFixed(3)},` +
      `"metadata":{"version":"1.5.0","uid":"${exchange.id}",${product}${api},"actor":`;
    line +=
      auth === undefined
        ? '{}'
        : `{"user":{"uid":${quote(auth.subject)}},"session":{"uid":${quote(auth.credential.id)},"issuer":${quote(auth.issuer)}}}`;
    line +=
      `,"src_endpoint":{"ip":${quote(exchange.address)}},"http_request":{"http_method":${quote(exchange.incoming.method.slice(0, 32))},"url":{"path":${quote(path.slice(0, maxPath))}}},` +
      `"http_response":{"code":${exchange.status}},${castellan}`;
    if (verdict !== undefined) line += `,"refused":${JSON.stringify(refusedEvent(verdict))}`;
    if (observed !== undefined) line += `,"observed":${JSON.stringify(observed.map(refusedEvent))}`;
    if (exchange.removed > 0) line += `,"removed":${exchange.removed}`;
    if (exchange.failure !== undefined) line += `,"failure":${JSON.stringify(failureText(exchange.failure))}`;
    return `${line}}}}`;
  };
}

function isSensitive(sensitivity: string | undefined): boolean {
  return sensitivity !== undefined && sensitivity !== 'public' && sensitivity !== 'internal';
}

function refusedEvent({ stage, refusal }: Verdict): RefusedEvent {
  const issues = refusal.errors?.slice(0, 5).map((issue) => `${issue.pointer} ${issue.keyword}`);
  return {
    stage,
    type: refusal.type,
    ...(refusal.reason === undefined ? {} : { reason: refusal.reason }),
    ...(refusal.log === undefined ? {} : { log: refusal.log }),
    ...(issues === undefined ? {} : { issues }),
  };
}

function failureText(failure: unknown): string {
  const text = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  return text.slice(0, maxFailure);
}

/** JSON string of mostly plain text: only what needs escaping pays for it. */
function quote(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 34 || code === 92 || code > 126) return JSON.stringify(text);
  }
  return `"${text}"`;
}
