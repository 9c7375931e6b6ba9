import type { GatewayOptions } from '@castellan/gateway';
import { parseArguments, usage } from '../arguments.ts';

export const help = `castellan gateway [--config castellan.yaml] [--contract FILE] [--upstream URL] [options]

Puts the guard in front of an HTTP server: every request and response is checked against the contract.

  --config FILE          castellan.yaml; the one of this folder where not said. Options here win over what it says
  --api NAME             which of its APIs is run, where it has several
  --contract FILE        the OpenAPI document (path or URL)
  --overlay FILE         an OpenAPI Overlay; may be repeated
  --upstream URL         where the API runs; several share the requests
  --upstream-ca FILE     PEM; the authorities of the upstream's certificate
  --port N               where to listen (default 8080; 0 takes a free port)
  --host ADDRESS         default 127.0.0.1
  --admin ADDRESS        serves /healthz, /readyz and /metrics there: 127.0.0.1:9901 (default nowhere)
  --tls-cert FILE        PEM; with --tls-key the gateway speaks HTTPS
  --tls-key FILE
  --tls-client-ca FILE   PEM; asks callers for a certificate of this authority (mutualTLS)
  --tls-min-version V    TLSv1.2 (default) or TLSv1.3
  --mode MODE            enforce (default) or observe: decide and record, but let pass
  --mode-responses MODE  the same of answers alone; --mode is of requests then
  --outside PATH         no part of the API, passes and is recorded: /health, '/docs/**'; may be repeated
  --undocumented WHAT=DO  what becomes of what the document does not name: parameters, requestProperties,
                         responseProperties, statuses or mediaTypes = refuse, remove or pass; may be repeated
  --leniency NAME        a notation that is let through in requests: absent-null, boolean-words, naive-date-time or
                         plain-uuid; may be repeated
  --decoder TYPE=NAME    who reads bodies that are no JSON: application/yaml=yaml, application/cbor=cborg (a package that
                         exports decode), or =pass; may be repeated
  --problems FORM        refusals as problem (default) or as the API's own error schemas say: documented
  --problem-status OF=N  another status for refusals, by type or status: invalid-request=422; may be repeated
  --learn DIR            with --mode observe: records shapes of what passes, for castellan learn
  --learn-max SIZE       bytes of all these records (default 64MiB)
  --authentication FILE  JSON: trusted issuers, keys and users, by security scheme name
  --revocations FILE     credentials that are no longer good (castellan keys revoke)
  --bans FILE            who may not call for a while (castellan ban); with --state it is kept there
  --context-group NAME   a group that the upstream decides by, or a prefix with *; may be repeated (default: all that fit)
  --signing-keys FILE    where the keys of the castellan-context token are kept (default: in memory)
  --policies GLOB        Cedar policies; may be repeated
  --links FILE           templates of the policies filled: who, and on what (JSON)
  --entities FILE        groups and what else no body tells, in Cedar's entities JSON
  --detect               looks for attacks in what happens, and tells incidents here and at --admin (castellan watch)
  --audit FILE           one JSON line per request; - is standard output
  --audit-dir DIR        audit log of this folder instead: chained, signed, searched by castellan audit
  --audit-durability MODE  what answers wait for: async (default), fsync, required
  --otlp URL             traces, metrics and logs to a collector: http://collector:4318
  --per-address RATE     requests per client address (default 1200/minute; off for none)
  --per-principal RATE   requests per authenticated subject (default 1200/minute; off for none)
  --max-body SIZE        largest request body, where the operation says nothing (default 1MiB)
  --max-response SIZE    largest response body that is checked (default 16MiB)
  --max-nodes N          values that a body may hold (default 25000, some 10 ms of checking)
  --state PLACE          where limits and revocations are kept: redis://… for all instances, or a folder
  --trusted-proxy CIDR   believe X-Forwarded-For from here; may be repeated
  --client-certificate header  take it from the field Client-Cert of trusted proxies (RFC 9440)
  --known-host NAME      a name under which callers reach the API, beside its servers; may be repeated
  --origin URL           the address that callers use, such as https://api.example.com
  --base-path PATH       the path prefix of the API, where it is not that of the document's servers
  --environment NAME     production refuses mock identity providers

  --timeout-connect T    for a connection to the upstream (default 5s); all T are durations or milliseconds
  --timeout-head T       for the head of an answer (default 30s)
  --timeout-body T       between two pieces of an answer (default 30s)
  --timeout-stream T     the same within event streams (default 1h)
  --timeout-queue T      for a place on the way to the upstream, before 503 (default 5s)
  --timeout-send T       for a caller that reads nothing (default 30s)
  --capacity-connections N  exchanges with an upstream at once, beside streams (default 128)
  --capacity-streams N   exchanges that may stream (default 10000)
  --capacity-queue N     requests that wait for a place; more get 503 (default 1000)

Ends with Ctrl-C. Files that change are read again; SIGHUP has that happen at once.
`;

const one = { type: 'string' } as const;
const several = { type: 'string', multiple: true } as const;
const options = {
  config: one,
  api: one,
  contract: one,
  overlay: several,
  upstream: several,
  'upstream-ca': one,
  port: one,
  host: one,
  admin: one,
  'tls-cert': one,
  'tls-key': one,
  'tls-client-ca': one,
  'tls-min-version': one,
  revocations: one,
  bans: one,
  'signing-keys': one,
  'context-group': several,
  mode: one,
  'mode-responses': one,
  outside: several,
  learn: one,
  'learn-max': one,
  authentication: one,
  policies: several,
  links: one,
  entities: one,
  audit: one,
  'audit-dir': one,
  'audit-durability': one,
  detect: { type: 'boolean' },
  otlp: one,
  'per-address': one,
  'per-principal': one,
  'max-body': one,
  'max-response': one,
  'max-nodes': one,
  undocumented: several,
  leniency: several,
  decoder: several,
  problems: one,
  'problem-status': several,
  state: one,
  'trusted-proxy': several,
  'client-certificate': one,
  'known-host': several,
  origin: one,
  'base-path': one,
  environment: one,
  'timeout-connect': one,
  'timeout-head': one,
  'timeout-body': one,
  'timeout-stream': one,
  'timeout-queue': one,
  'timeout-send': one,
  'capacity-connections': one,
  'capacity-streams': one,
  'capacity-queue': one,
} as const;

/** What the command line says. */
export interface Flags {
  readonly config: string | undefined;
  readonly api: string | undefined;
  readonly authentication: string | undefined;
  /** As options of a gateway; texts are read by its reader. */
  readonly options: WrittenOptions;
}

/** Options of a gateway as texts, less what the file may say in their place. */
export type WrittenOptions = Readonly<Record<string, unknown>>;

/** @throws CastellanError `usage` */
export function readFlags(args: readonly string[]): Flags {
  const { values, positionals } = parseArguments('gateway', args, options);
  if (positionals.length > 0) throw usage(`'${positionals[0]}' is not expected`, 'name the document with --contract');
  const { upstream, mode } = values;
  const ca = values['upstream-ca'];
  if (ca !== undefined && upstream === undefined)
    throw usage('--upstream-ca is given without --upstream', 'name the upstream too');
  return {
    config: values.config,
    api: values.api,
    authentication: values.authentication,
    options: present({
      contract: values.contract,
      overlays: values.overlay,
      upstream: upstream?.map((url) => present({ url, ca })),
      port: portOf(values.port),
      host: values.host,
      admin: values.admin,
      tls: members({
        cert: values['tls-cert'],
        key: values['tls-key'],
        clientCa: values['tls-client-ca'],
        minVersion: values['tls-min-version'],
      }),
      mode: modesOf(mode, values['mode-responses']),
      learn: members({ directory: values.learn, maxBytes: values['learn-max'] }),
      revocation: members({ file: values.revocations }),
      bans: members({ file: values.bans }),
      context: members({ file: values['signing-keys'], groups: values['context-group'] }),
      policies: values.policies,
      outside: values.outside,
      links: values.links,
      undocumented: pairsOf('--undocumented', values.undocumented, 'statuses=pass'),
      leniency: values.leniency,
      decoders: pairsOf('--decoder', values.decoder, 'application/yaml=yaml'),
      problems: members({
        form: values.problems,
        statuses: pairsOf('--problem-status', values['problem-status'], 'invalid-request=422'),
      }),
      entities: values.entities,
      audit: members({ file: values.audit, dir: values['audit-dir'], durability: values['audit-durability'] }),
      detect: values.detect,
      telemetry: members({ otlp: values.otlp }),
      limits: members({
        perAddress: values['per-address'],
        perPrincipal: values['per-principal'],
        maxBody: values['max-body'],
        maxResponse: values['max-response'],
        maxNodes: values['max-nodes'],
      }),
      state: values.state === undefined ? undefined : stateOf(values.state),
      trustedProxies: values['trusted-proxy'],
      clientCertificate: values['client-certificate'],
      hosts: values['known-host'],
      origin: values.origin,
      basePath: values['base-path'],
      environment: values.environment,
      timeouts: members({
        connect: values['timeout-connect'],
        head: values['timeout-head'],
        body: values['timeout-body'],
        stream: values['timeout-stream'],
        queue: values['timeout-queue'],
        send: values['timeout-send'],
      }),
      capacity: members({
        connections: values['capacity-connections'],
        streams: values['capacity-streams'],
        queue: values['capacity-queue'],
      }),
    }),
  };
}

/** The flag that an option comes from: `--timeout-head` for `options.timeouts.head`. */
export function flagOf(option: string): string {
  const path = option.replace(/^options\./, '').replace(/\[\d+\]/g, '');
  const [name = '', member = ''] = path.split('.');
  const dashed = member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (name === 'timeouts') return `--timeout-${dashed}`;
  if (name === 'capacity') return `--capacity-${dashed}`;
  if (name === 'limits') return `--${dashed}`;
  if (name === 'tls') return `--tls-${dashed}`;
  if (path.startsWith('problems.statuses')) return '--problem-status';
  if (path === 'learn.maxBytes') return '--learn-max';
  if (path === 'context.groups') return '--context-group';
  return path === 'upstream.ca' ? '--upstream-ca' : (spelt.get(name) ?? `--${name}`);
}

/** `NAME=VALUE`, as often as it stands. */
function pairsOf(flag: string, texts: readonly string[] | undefined, example: string): WrittenOptions | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw usage(`${flag} is '${text.slice(0, 80)}'`, `write ${flag} ${example}`);
    }),
  );
}

/** An address is Redis, anything else a folder. */
function stateOf(place: string): WrittenOptions {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(place) ? { url: place } : { file: place };
}

const spelt: ReadonlyMap<string, string> = new Map(
  Object.entries({
    overlays: '--overlay',
    revocation: '--revocations',
    bans: '--bans',
    context: '--signing-keys',
    decoders: '--decoder',
    trustedProxies: '--trusted-proxy',
    clientCertificate: '--client-certificate',
    hosts: '--known-host',
    basePath: '--base-path',
  }),
);

function present(values: Readonly<Record<string, unknown>>): WrittenOptions {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function members(values: Readonly<Record<string, unknown>>): WrittenOptions | undefined {
  const said = present(values);
  return Object.keys(said).length === 0 ? undefined : said;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw usage(`--port is '${text}'`, 'write a number from 0 to 65535');
  return port;
}

function modesOf(requests: string | undefined, responses: string | undefined): GatewayOptions['mode'] {
  const mode = requests === undefined ? undefined : modeOf('--mode', requests);
  if (responses === undefined) return mode;
  return { ...(mode === undefined ? {} : { requests: mode }), responses: modeOf('--mode-responses', responses) };
}

function modeOf(flag: string, text: string): 'enforce' | 'observe' {
  if (text === 'enforce' || text === 'observe') return text;
  throw usage(`${flag} is '${text}'`, 'write enforce or observe');
}
