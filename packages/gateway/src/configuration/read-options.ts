import { detectionReader } from '@castellan/detect';
import type { GuardOptions } from '@castellan/guard';
import {
  badOption,
  eachOf,
  either,
  integer,
  isObject,
  list,
  madeBy,
  milliseconds,
  object,
  oneOf,
  onlyInCode,
  optionMembers,
  reader,
  seconds,
  text,
  withContract,
  type Members,
  type WrittenOptions,
  type Reader,
} from '@castellan/guard/configuration';
import type { ContextOptions } from '../context-token.ts';
import type { Capacity, GatewayOptions, Timeouts, TlsFileOptions, UpstreamOptions } from '../options.ts';
import { addressReader, type Address } from './address.ts';

/** What Node's timers can count. */
const maxMilliseconds = 2 ** 31 - 1;
const time = milliseconds(1, maxMilliseconds);

const defaultTimeouts: Timeouts = {
  connect: 5000,
  head: 30_000,
  body: 30_000,
  stream: 3_600_000,
  queue: 5000,
  send: 30_000,
};
const defaultCapacity: Capacity = { connections: 128, streams: 10_000, queue: 1000 };

/** Time limits of a gateway, each as milliseconds or a duration. */
export const timeoutsReader = object<Partial<Timeouts>>({
  connect: time,
  head: time,
  body: time,
  stream: time,
  queue: time,
  send: time,
});

/** How much goes on at once. */
export const capacityReader = object<Partial<Capacity>>({
  connections: integer(1, 1_000_000),
  streams: integer(1, 1_000_000),
  queue: integer(0, 1_000_000),
});

/** TLS files of what listens. */
export const tlsReader = object<TlsFileOptions>(
  { cert: text, key: text, clientCa: text, minVersion: oneOf(['TLSv1.2', 'TLSv1.3']) },
  ['cert', 'key'],
);

/** How the upstream is told who calls. */
export const contextReader = object<ContextOptions>({
  file: text,
  issuer: text,
  audience: text,
  groups: list(text),
  lifetime: seconds(1, 86_400),
  interval: seconds(1),
  overlap: seconds(1),
});

/** Scheme, host, port and path; nothing that would be left out on the way. */
const http = '^[Hh][Tt]{2}[Pp][Ss]?://(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::\\d{1,5})?(?:/[^?#\\s\\\\]*)?$';
const httpAddress = new RegExp(http);

/** An address of an upstream. */
const upstreamAddress = either<URL, string>(
  (value) => value instanceof URL,
  reader(onlyInCode, (value, where) => {
    upstreamAddress(String(value), where);
    return value as URL;
  }),
  reader({ type: 'string', pattern: http }, (value, where) => {
    if (typeof value === 'string' && httpAddress.test(value) && URL.canParse(value)) return value;
    throw badOption(
      where,
      `${typeof value === 'string' ? `'${value.slice(0, 200)}' ` : ''}is not an http(s) address`,
      'write it with its scheme, such as http://127.0.0.1:3000',
      'bad-upstream',
    );
  }),
);

/** Several upstreams that share the requests; at least one of them gets any. */
export const upstreamsReader: Reader<readonly UpstreamOptions[]> = (() => {
  const one = object<UpstreamOptions>({ url: upstreamAddress, weight: integer(0, 1000), ca: text }, ['url']);
  const of = { type: 'array', items: one.schema, minItems: 1, maxItems: 100 };
  return reader(of, (value, where) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > 100)
      throw badOption(where, 'is no list of 1 to 100 upstreams', 'write [{ url: http://10.0.0.11:8080 }]');
    return eachOf(value, one, where);
  });
})();

/** What a gateway has beside a guard. */
type OwnOptions = Omit<GatewayOptions, keyof GuardOptions | 'admin'> & { readonly admin?: Address | undefined };

/** The options of a gateway, read: nothing in them can be of a wrong kind. */
export type ReadGatewayOptions = WrittenOptions & OwnOptions;

const members: Members<ReadGatewayOptions> = {
  ...optionMembers,
  upstream: either<string | URL, readonly UpstreamOptions[]>(
    (value) => !Array.isArray(value),
    upstreamAddress,
    upstreamsReader,
  ),
  port: integer(0, 65_535),
  host: text,
  tls: tlsReader,
  context: either<false, ContextOptions>(
    (value) => value === false,
    reader({ const: false }, () => false as const),
    contextReader,
  ),
  timeouts: timeoutsReader,
  capacity: capacityReader,
  hosts: list(text),
  contextToken: madeBy('a function'),
  admin: addressReader,
  detect: detectionReader,
  onIncident: madeBy('a function'),
};

/** Reads the options of a gateway. */
export const gatewayOptionsReader = withContract(object<ReadGatewayOptions>(members, ['upstream']));

/** A gateway's options, and those of the guard in it as they were given: the guard reads its own. */
export interface GatewaySetup {
  readonly options: ReadGatewayOptions;
  readonly timeouts: Timeouts;
  readonly capacity: Capacity;
  readonly guard: GuardOptions;
}

/**
 * Reads the options of a gateway, and fills in the defaults.
 * @throws CastellanError `unknown-option`, `bad-option`, `bad-rate`
 */
export function readGatewayOptions(given: unknown): GatewaySetup {
  if (!isObject(given))
    throw badOption(
      'startGateway',
      'was given no options',
      "write { contract: './openapi.yaml', upstream: 'http://…' }",
    );
  const options = gatewayOptionsReader(given, 'options');
  const guard = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(optionMembers, name)));
  // Whole milliseconds are what timers and undici count.
  const times = Object.entries(options.timeouts ?? {}).map(([name, value]) => [name, Math.ceil(value)]);
  return {
    options,
    timeouts: { ...defaultTimeouts, ...(Object.fromEntries(times) as Partial<Timeouts>) },
    capacity: { ...defaultCapacity, ...options.capacity },
    // Each was read just now; its kind is what the reader of its name says.
    guard: guard as unknown as GuardOptions,
  };
}
