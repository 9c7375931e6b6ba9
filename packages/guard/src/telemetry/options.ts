import { milliseconds } from '../configuration/quantities.ts';
import { badOption, list, object, oneOf, reader, record, text, type Reader } from '../configuration/reader.ts';

/** Where traces, metrics and logs go by OTLP. */
export interface TelemetryOptions {
  /** An OTLP/HTTP endpoint, without `/v1/…`: `http://collector:4318`. */
  readonly otlp: string;
  /** Fields of each request to it: `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default all three. */
  readonly signals?: readonly Signal[] | undefined;
  /** `service.name`. Default: the title of the contract. */
  readonly service?: string | undefined;
  /** Between two exports of metrics, milliseconds; traces and logs go every two seconds. Default 60,000. */
  readonly interval?: number | string | undefined;
}

type Signal = 'traces' | 'metrics' | 'logs';

/** The same, read. */
export type ReadTelemetry = Omit<TelemetryOptions, 'interval'> & { readonly interval?: number | undefined };

const address: Reader<string> = reader({ type: 'string', pattern: '^https?://[^\\s?#]+$' }, (value, where) => {
  const given = text(value, where);
  if (/^https?:\/\/[^\s?#]+$/.test(given) && URL.canParse(given)) return given.replace(/\/+$/, '');
  throw badOption(where, `is '${given.slice(0, 200)}', which is no http(s) address`, 'write http://collector:4318');
});

export const telemetryReader = object<ReadTelemetry>(
  {
    otlp: address,
    headers: record(text),
    signals: list(oneOf(['traces', 'metrics', 'logs'])),
    service: text,
    interval: milliseconds(100, 3_600_000),
  },
  ['otlp'],
);
