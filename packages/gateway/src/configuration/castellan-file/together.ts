import { badOption, type OptionError } from '@castellan/guard/configuration';
import type { Address } from '../address.ts';
import type { CastellanYaml } from './read.ts';

/** What is wrong between parts of a file, whatever is done with it: each part alone is right. */
export function problemsBetween({ apis }: CastellanYaml): readonly OptionError[] {
  const names = apis.map(({ name }) => name);
  return apis.flatMap(({ name }, index) =>
    names.indexOf(name) === index
      ? []
      : [
          badOption(
            `castellan.yaml.apis[${index}].name`,
            `is '${name}', and two APIs are called '${name}'`,
            'give each a name of its own, such as shop-staging',
          ),
        ],
  );
}

/** What is wrong with a file that is run: what nothing does yet, and what cannot be true at once. */
export function problemsOfRun(yaml: CastellanYaml): readonly OptionError[] {
  const { console, limits, audit } = yaml;
  const problems: OptionError[] = [];
  const add = (key: string, message: string, mend: string, code?: string): void =>
    void problems.push(badOption(`castellan.yaml.${key}`, message, mend, code));
  if (console !== undefined)
    add(
      'console',
      'is not enforced yet: it would be a web page',
      'take it out; castellan check reads it from a file of its own',
      'not-enforced-yet',
    );
  if (audit?.otlp !== undefined && yaml.telemetry !== undefined)
    add('audit.otlp', 'cannot be combined with telemetry', 'write telemetry: { otlp: … } alone');
  if (audit?.file !== undefined && audit.dir !== undefined)
    add('audit.dir', 'cannot be combined with file', 'write one of the two');
  if (audit?.key !== undefined && audit.file === undefined && audit.dir === undefined)
    add('audit.key', 'is the key of no file', 'write audit: { file: audit.jsonl, key: … }');
  if (limits?.store !== undefined && limits.store !== 'memory')
    add(
      'limits.store',
      'is another store than memory',
      'write state: { url: redis://… } beside limits, or state: { file: ./state }',
    );
  return [...problems, ...portProblems(yaml), ...upstreamProblems(yaml), ...hostProblems(yaml)];
}

/** Two things that listen on one port. */
function portProblems({ listen, serve }: CastellanYaml): readonly OptionError[] {
  const gateway = listen === undefined ? undefined : { host: listen.address ?? '127.0.0.1', port: listen.port };
  const registry = serve?.port === undefined ? undefined : { host: serve.address ?? '127.0.0.1', port: serve.port };
  const problems: OptionError[] = [];
  const apart = (
    key: string,
    one: Address | undefined,
    other: Address | undefined,
    what: string,
    free: number,
  ): void => {
    if (one === undefined || other === undefined || one.port !== other.port || one.port === 0) return;
    if (!overlap(one.host, other.host)) return;
    const mend = `take another port, such as ${free === one.port ? free + 1 : free}`;
    problems.push(badOption(`castellan.yaml.${key}`, `is on port ${one.port}, where ${what}`, mend));
  };
  apart('listen.admin', listen?.admin, gateway, 'the APIs are', 9901);
  apart('serve.port', registry, gateway, 'the APIs are', 8181);
  apart('serve.port', registry, listen?.admin, 'health and metrics of the gateway are', 8181);
  return problems;
}

/** An upstream that is the gateway itself would ask itself for ever. */
function upstreamProblems({ listen, apis }: CastellanYaml): readonly OptionError[] {
  const port = listen?.port ?? 8080;
  const address = listen?.address ?? '127.0.0.1';
  return apis.flatMap(({ upstreams = [] }, api) =>
    upstreams.flatMap(({ url }, index) => {
      const { hostname, port: written, protocol } = new URL(url);
      const to = written === '' ? (protocol === 'https:' ? 443 : 80) : Number(written);
      const host = hostname.replace(/^\[|\]$/g, '');
      if (port === 0 || to !== port || !(isLoopback(host) || host === address) || !overlap(address, host)) return [];
      return [
        badOption(
          `castellan.yaml.apis[${api}].upstreams[${index}].url`,
          `leads to the gateway itself: listen.port is ${port}`,
          'write the address where the API runs, or let the gateway listen on another port',
        ),
      ];
    }),
  );
}

/** Of several APIs each has a host or a path of its own; what the documents say of paths is compared when they are read. */
function hostProblems({ apis }: CastellanYaml): readonly OptionError[] {
  return apis.flatMap((api, index) => {
    if (api.basePath === undefined) return [];
    const other = apis.findIndex(
      (one, before) =>
        before < index && one.basePath !== undefined && sameBase(one.basePath, api.basePath) && sameHosts(one, api),
    );
    if (other < 0) return [];
    return [
      badOption(
        `castellan.yaml.apis[${index}].basePath`,
        `is that of '${apis[other]?.name}' too, and so a request could be for either of them`,
        'give each a base path of its own, or hosts: [orders.example.com]',
      ),
    ];
  });
}

function sameBase(a: string, b: string | undefined): boolean {
  return b !== undefined && a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
}

type Hosts = { readonly hosts?: readonly string[] | undefined };

function sameHosts({ hosts: a = [] }: Hosts, { hosts: b = [] }: Hosts): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  const names = new Set(a.map((host) => host.toLowerCase()));
  return b.some((host) => names.has(host.toLowerCase()));
}

function overlap(a: string, b: string): boolean {
  const any = (host: string): boolean => host === '0.0.0.0' || host === '::';
  return a === b || any(a) || any(b) || (isLoopback(a) && isLoopback(b) && (a === 'localhost' || b === 'localhost'));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
