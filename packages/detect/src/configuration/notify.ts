import {
  badOption,
  boolean,
  integer,
  list,
  object,
  oneOf,
  reader,
  text,
  type Reader,
} from '@castellan/guard/configuration';
import type { NotifyOptions } from '../notify/notifier.ts';
import type { SmtpOptions } from '../notify/smtp.ts';
import type { SyslogOptions } from '../notify/syslog.ts';
import type { WebhookOptions } from '../notify/webhook.ts';

const url = reader({ type: 'string', pattern: '^https?://' }, (value, where) => {
  const written = text(value, where);
  const parsed = URL.canParse(written) ? new URL(written) : undefined;
  if (parsed !== undefined && (parsed.username !== '' || parsed.password !== ''))
    throw badOption(
      where,
      'has a user or password in it',
      'leave it out: messages are signed with detect.notify.webhook.secret',
    );
  const isHere = parsed !== undefined && /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(parsed.hostname);
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isHere)) return written;
  throw badOption(
    where,
    'is no https address',
    'write https://hooks.example.com/castellan; plain HTTP goes to this machine only',
  );
});

const port = integer(1, 65_535);

const address = reader({ type: 'string', pattern: '^[^\\s<>"]+@[^\\s<>"]+$' }, (value, where) => {
  const written = text(value, where);
  if (/^[^\s<>"]+@[^\s<>"]+$/.test(written)) return written;
  throw badOption(where, `is '${written.slice(0, 80)}', which is no mail address`, 'write it as ops@example.com');
});

/** Who is told of incidents. */
export const notifyReader: Reader<NotifyOptions> = object<NotifyOptions>({
  webhook: object<WebhookOptions>({ url, secret: text }, ['url', 'secret']),
  syslog: object<SyslogOptions>({ host: text, port, tls: boolean, ca: text }, ['host']),
  mail: object<SmtpOptions>(
    {
      host: text,
      port,
      from: address,
      to: list(address),
      security: oneOf(['starttls', 'tls', 'none']),
      ca: text,
      user: text,
      password: text,
    },
    ['host', 'from', 'to'],
  ),
});

/** Rows of the table of words. */
export const notifyRows = {
  'detect.notify.webhook.url': ['record', 'notify/webhook.ts', 'Gets each incident as OCSF Detection Finding, signed.'],
  'detect.notify.webhook.secret': [
    'record',
    'notify/webhook.ts',
    'Key of the signature (webhook-signature), 16 characters at least; ${env:NAME} and ${file:path} are replaced.',
  ],
  'detect.notify.syslog.host': ['record', 'notify/syslog.ts', 'Syslog server that gets each incident (RFC 5424).'],
  'detect.notify.syslog.port': ['record', 'notify/syslog.ts', 'Its port. Default 6514, without TLS 601.'],
  'detect.notify.syslog.tls': ['record', 'notify/syslog.ts', 'Whether it is spoken to over TLS. Default true.'],
  'detect.notify.syslog.ca': [
    'record',
    'notify/syslog.ts',
    'PEM of the authorities of its certificate: ${file:ca.pem}.',
  ],
  'detect.notify.mail.host': ['record', 'notify/smtp.ts', 'Mail server that takes a message for each new incident.'],
  'detect.notify.mail.port': ['record', 'notify/smtp.ts', 'Its port. Default 25, with security tls 465.'],
  'detect.notify.mail.from': ['record', 'notify/smtp.ts', 'Sender.'],
  'detect.notify.mail.to': ['record', 'notify/smtp.ts', 'Who gets it.'],
  'detect.notify.mail.security': [
    'record',
    'notify/smtp.ts',
    'starttls; tls, which speaks it from the first byte on; or none for a server on this machine. Default starttls.',
  ],
  'detect.notify.mail.ca': ['record', 'notify/smtp.ts', 'PEM of the authorities of its certificate: ${file:ca.pem}.'],
  'detect.notify.mail.user': ['record', 'notify/smtp.ts', 'Name for AUTH PLAIN, over TLS only.'],
  'detect.notify.mail.password': ['record', 'notify/smtp.ts', 'Its password: ${env:NAME} or ${file:path}.'],
} as const;
