import type { Rows } from './words.ts';

/** Who enforces each option of the audit log, of telemetry and of forwarding. */
export const recordRows: Rows = {
  'audit.dir': ['record', 'audit/open.ts', 'Folder of an audit log: chained, signed, indexed. One process writes it.'],
  'audit.durability': ['record', 'audit/open.ts', 'What answers wait for: async (default), fsync, required.'],
  'audit.timeout': ['record', 'audit/log/sink.ts', 'How long fsync and required wait for the disk. Default 5s.'],
  'audit.segmentSize': ['record', 'audit/open.ts', 'Size at which a segment of the log is closed. Default 64 MiB.'],
  'audit.retention.age': [
    'record',
    'audit/log/retention.ts',
    'Seconds that closed segments are kept. Default for ever.',
  ],
  'audit.retention.size': ['record', 'audit/open.ts', 'Size of the log from which on its oldest segments are removed.'],
  'audit.anchor.file': ['record', 'audit/log/anchoring.ts', 'File that signed heads are kept in, beside the log.'],
  'audit.anchor.url': ['record', 'audit/log/anchoring.ts', 'Address that signed heads are sent to (POST).'],
  'audit.anchor.secret': ['record', 'audit/log/anchoring.ts', 'Signs what is sent there; 32 characters at least.'],
  'audit.pseudonyms': [
    'record',
    'audit/open.ts',
    'Whether people stand under pseudonyms that can be erased. Default false.',
  ],
  'forward.syslog.host': ['record', 'forward/syslog.ts', 'Receiver of events by syslog over TLS (RFC 5424, RFC 5425).'],
  'forward.syslog.port': ['record', 'forward/syslog.ts', 'Its port. Default 6514.'],
  'forward.syslog.ca': ['record', 'forward/syslog.ts', 'PEM file of the authorities of its certificate.'],
  'forward.syslog.certificate': ['record', 'forward/syslog.ts', 'PEM file of the certificate of this client.'],
  'forward.syslog.key': ['record', 'forward/syslog.ts', 'PEM file of its private key.'],
  'forward.syslog.events': ['record', 'forward/syslog.ts', 'all (default), or refused.'],
  'forward.syslog.classes': [
    'record',
    'audit/journal.ts',
    'OCSF classes that exchanges are written in. Default api-activity.',
  ],
  'forward.webhook.url': ['record', 'forward/webhook.ts', 'Address that lists of events are sent to (POST).'],
  'forward.webhook.secret': ['record', 'forward/webhook.ts', 'Signs each request; 32 characters at least.'],
  'forward.webhook.events': ['record', 'forward/webhook.ts', 'all, or refused (default).'],
  'forward.webhook.classes': [
    'record',
    'audit/journal.ts',
    'OCSF classes that exchanges are written in. Default api-activity.',
  ],
  'telemetry.otlp': [
    'record',
    'telemetry/index.ts',
    'OTLP/HTTP endpoint for traces, metrics and logs: http://collector:4318.',
  ],
  'telemetry.headers': ['record', 'telemetry/index.ts', 'Fields of each request to it.'],
  'telemetry.signals': ['record', 'telemetry/index.ts', 'traces, metrics, logs. Default all three.'],
  'telemetry.service': ['record', 'telemetry/index.ts', 'service.name. Default the title of the contract.'],
  'telemetry.interval': ['record', 'telemetry/index.ts', 'Milliseconds between two exports of metrics. Default 60s.'],
};
