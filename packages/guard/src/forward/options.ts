import {
  badOption,
  integer,
  object,
  oneOf,
  reader,
  secretOrReference,
  someOf,
  text,
  type Reader,
} from '../configuration/reader.ts';
import { ocsfClasses, type OcsfClass } from '../audit/ocsf/classes.ts';

/** Where events go beside the audit log, for a SIEM. What it does not take in time waits, within bounds, and is then dropped and counted. */
export interface ForwardOptions {
  /** RFC 5424 over TLS (RFC 5425). */
  readonly syslog?: SyslogOptions | undefined;
  /** JSON by POST, signed. */
  readonly webhook?: WebhookOptions | undefined;
}

export interface SyslogOptions {
  readonly host: string;
  /** Default 6514. */
  readonly port?: number | undefined;
  /** PEM file of the authorities of its certificate. Default: those that Node knows. */
  readonly ca?: string | undefined;
  /** PEM files of this client's certificate and key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** `all`, or only what was `refused` or failed. Default `all`. */
  readonly events?: ForwardedEvents | undefined;
  /** OCSF classes that exchanges are written in. Default `['api-activity']`: one event for each. */
  readonly classes?: readonly OcsfClass[] | undefined;
}

export interface WebhookOptions {
  /** A list of events is sent there (POST, `application/json`). */
  readonly url: string;
  /** Signs each request (`castellan-signature`), 32 characters at least. */
  readonly secret: string;
  /** `all`, or only what was `refused` or failed. Default `refused`. */
  readonly events?: ForwardedEvents | undefined;
  /** OCSF classes that exchanges are written in. Default `['api-activity']`: one event for each. */
  readonly classes?: readonly OcsfClass[] | undefined;
}

export type ForwardedEvents = 'all' | 'refused';

const events = oneOf(['all', 'refused']);
const classes = someOf(oneOf(ocsfClasses));
/** What is sent where nothing is said. */
export const defaultClasses: readonly OcsfClass[] = ['api-activity'];
const address: Reader<string> = reader({ type: 'string', pattern: '^https?://\\S+$' }, (value, where) => {
  const given = text(value, where);
  if (/^https?:\/\/\S+$/.test(given) && URL.canParse(given)) return given;
  throw badOption(
    where,
    `is '${given.slice(0, 200)}', which is no http(s) address`,
    'write https://siem.example.com/events',
  );
});

export const forwardReader = object<ForwardOptions>({
  syslog: object<SyslogOptions>(
    { host: text, port: integer(1, 65_535), ca: text, certificate: text, key: text, events, classes },
    ['host'],
  ),
  webhook: object<WebhookOptions>({ url: address, secret: secretOrReference(32), events, classes }, ['url', 'secret']),
});
