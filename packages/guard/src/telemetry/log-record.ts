import type { Facts } from '../facts/facts.ts';
import { attributes, nanoseconds, type KeyValue } from './otlp-value.ts';
import { httpAttributes, spanName } from './span.ts';

/** A log record of OTLP. */
export interface LogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly KeyValue[];
  readonly traceId?: string;
  readonly spanId?: string;
}

/** The log record of an exchange: every one that was not plainly allowed. Undefined for the others, which are spans. */
export function logRecordOf(facts: Facts): LogRecord | undefined {
  const { refused, observed, alarms, status, trace, time, duration } = facts;
  const failed = status === 0 || status >= 500;
  if (refused === undefined && observed.length === 0 && alarms.length === 0 && !failed) return undefined;
  const severity = failed || alarms.length > 0 ? ([17, 'ERROR'] as const) : ([13, 'WARN'] as const);
  const at = nanoseconds(time + Math.max(0, duration));
  const why =
    refused === undefined ? '' : `: ${[refused.stage, refused.type, refused.reason].filter(Boolean).join(' ')}`;
  return {
    timeUnixNano: at,
    observedTimeUnixNano: at,
    severityNumber: severity[0],
    severityText: severity[1],
    eventName: 'castellan.exchange',
    body: { stringValue: `${spanName(facts)} ${status}${why}` },
    attributes: httpAttributes(facts),
    ...(trace === undefined ? {} : { traceId: trace.traceId, spanId: trace.spanId }),
  };
}

/** A signed head of the audit log, kept where logs are. @param now milliseconds since the epoch */
export function headRecord(line: string, now: number): LogRecord {
  return {
    timeUnixNano: nanoseconds(now),
    observedTimeUnixNano: nanoseconds(now),
    severityNumber: 9,
    severityText: 'INFO',
    eventName: 'castellan.audit.head',
    body: { stringValue: line },
    attributes: attributes({}),
  };
}
