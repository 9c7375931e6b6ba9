import { detectionWords } from '@castellan/detect';
import { optionWords, wordsOf, type Word } from '@castellan/guard/configuration';

/** Who enforces each option of a gateway; those of the guard are the guard's. */
export const gatewayWords: Readonly<Record<string, Word>> = {
  ...optionWords,
  ...wordsOf('gateway/src', {
    'upstream.url': [
      'handler',
      'forward.ts',
      'Where the API runs: http://10.0.0.11:8080, with a path prefix if it has one.',
    ],
    'upstream.weight': [
      'handler',
      'balance.ts',
      'Share of the requests, beside those of the others. Default 1; 0 gets none.',
    ],
    'upstream.ca': ['handler', 'targets.ts', 'PEM file of the authorities that its certificate is checked against.'],
    port: ['start', 'gateway.ts', 'Port to listen on; 0 takes a free one. Default 8080.'],
    host: ['start', 'gateway.ts', 'Address to listen on. Default 127.0.0.1.'],
    'tls.cert': ['start', 'tls-files.ts', 'PEM file of the certificate chain.'],
    'tls.key': ['start', 'tls-files.ts', 'PEM file of the private key.'],
    'tls.clientCa': ['authenticate', 'tls-files.ts', 'PEM file of the authorities of client certificates.'],
    'tls.minVersion': ['start', 'tls-files.ts', 'Oldest version that is spoken. Default TLSv1.2.'],
    'context.file': [
      'handler',
      'context-token.ts',
      'File of the keys that sign castellan-context. Default: in memory.',
    ],
    'context.issuer': ['handler', 'context-token.ts', 'iss of these tokens. Default castellan-gateway.'],
    'context.audience': ['handler', 'context-token.ts', "aud of these tokens. Default the first upstream's origin."],
    'context.groups': [
      'handler',
      'context-token.ts',
      'Groups that the upstream decides by, or prefixes with *. Default: all that fit.',
    ],
    'context.lifetime': ['handler', 'context-token.ts', 'Seconds that a token is good for. Default 60.'],
    'context.interval': ['handler', 'context-token.ts', 'Seconds for which a key signs. Default 7 days.'],
    'context.overlap': [
      'handler',
      'context-token.ts',
      'Seconds for which a key is published before and after. Default 1 hour.',
    ],
    'timeouts.connect': ['handler', 'targets.ts', 'For a connection to the upstream. Default 5s.'],
    'timeouts.head': ['handler', 'targets.ts', 'For the head of an answer. Default 30s.'],
    'timeouts.body': ['handler', 'answering.ts', 'Between two pieces of an answer. Default 30s.'],
    'timeouts.stream': ['handler', 'answering.ts', 'The same within event streams. Default 1 hour.'],
    'timeouts.queue': ['handler', 'targets.ts', 'For a place on the way to the upstream, before 503. Default 5s.'],
    'timeouts.send': ['release', 'gateway.ts', 'For a caller that reads nothing. Default 30s.'],
    'capacity.connections': ['handler', 'targets.ts', 'Exchanges with an upstream, beside streams. Default 128.'],
    'capacity.streams': ['handler', 'targets.ts', 'Exchanges that may stream. Default 10000.'],
    'capacity.queue': ['handler', 'targets.ts', 'Requests that wait for a place; more get 503. Default 1000.'],
    hosts: ['handler', 'names.ts', 'Names under which callers reach it; the upstream gets no other.'],
    contextToken: ['handler', 'api.ts', 'Only in code: makes castellan-context.'],
    admin: ['start', 'admin/server.ts', 'Address of health and metrics: 127.0.0.1:9901. Default none.'],
    onIncident: ['record', 'api.ts', 'Only in code: called with each incident.'],
  }),
  ...detectionWords,
};
