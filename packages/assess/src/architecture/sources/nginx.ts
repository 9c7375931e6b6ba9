import type { AuditSink, Component, Fragment, Port, Setting, TlsSetting, UnlinkedFlow } from '../model.ts';
import { environmentInName } from './compose.ts';
import { parseNginx, type Directive } from './nginx-syntax.ts';

/** Whether a text looks like an nginx configuration. */
export function isNginx(text: string): boolean {
  return (
    /^\s*(?:server|http|upstream)\s*[^;\n]*\{/m.test(text) &&
    /^\s*(?:listen|proxy_pass|server_name|server)\b[^;]*;/m.test(text)
  );
}

/**
 * Reads an nginx configuration: servers, what they listen on, their TLS, and where they send requests. Settings of `http`
 * count in each server that does not say otherwise, as nginx has it.
 */
export function readNginx(file: string, text: string): Fragment {
  const top = parseNginx(file, text);
  const http = top.find((directive) => directive.name === 'http')?.block ?? top;
  const outer = http === top ? top : [...top.filter((directive) => directive.block === undefined), ...http];
  const upstreams = new Map(
    http
      .filter((directive) => directive.name === 'upstream')
      .map((directive) => [
        directive.arguments[0] ?? '',
        (directive.block ?? []).filter((member) => member.name === 'server').map((member) => member.arguments[0] ?? ''),
      ]),
  );
  const components: Component[] = [];
  const flows: UnlinkedFlow[] = [];
  const auditSinks: AuditSink[] = [];
  for (const [index, server] of http.filter((directive) => directive.name === 'server').entries()) {
    const block = server.block ?? [];
    const name = all(block, 'server_name')[0]?.arguments.find((argument) => argument !== '_') ?? `server ${index + 1}`;
    const id = `nginx:${file}:${index}`;
    components.push({
      id,
      name,
      kind: 'gateway',
      source: 'nginx',
      technology: 'nginx',
      image: undefined,
      environment: environmentInName(file) ?? environmentInName(name),
      ports: portsOf(server, outer),
      secrets: [],
      settings: settingsOf(block, outer),
      networks: [],
      place: server.place,
    });
    for (const pass of all(block, 'proxy_pass', 'grpc_pass', 'fastcgi_pass', 'uwsgi_pass'))
      flows.push(...flowsOf(id, pass, upstreams));
    for (const log of all([...block, ...outer], 'access_log'))
      if (log.arguments[0]?.startsWith('syslog:') === true) auditSinks.push({ kind: 'syslog', place: log.place });
  }
  return { components, flows, auditSinks, notices: [] };
}

function portsOf(server: Directive, outer: readonly Directive[]): Port[] {
  const block = server.block ?? [];
  const listens = block.filter((directive) => directive.name === 'listen');
  const redirects = redirectsToTls(block);
  const tls = tlsOf(block, outer, server);
  const implied: Directive[] = [{ name: 'listen', arguments: ['80'], block: undefined, place: server.place }];
  return (listens.length === 0 ? implied : listens).flatMap((listen): Port[] => {
    const address = listen.arguments[0] ?? '';
    if (address.startsWith('unix:')) return [];
    const number = Number(/(?:^|:)(\d{1,5})$/.exec(address)?.[1] ?? 80);
    const secure =
      listen.arguments.includes('ssl') ||
      listen.arguments.includes('quic') ||
      one(block, outer, 'ssl')?.arguments[0] === 'on';
    const loopback = /^(?:127\.|localhost|\[::1\])/.test(address);
    const internal = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(address);
    return [
      {
        number,
        exposure: loopback ? 'loopback' : internal ? 'internal' : 'public',
        protocol: secure ? 'https' : 'http',
        tls: secure ? tls : undefined,
        redirectsToTls: !secure && redirects,
        management: all(block, 'stub_status').length > 0,
        place: listen.place,
      },
    ];
  });
}

function redirectsToTls(block: readonly Directive[]): boolean {
  const passes = all(block, 'proxy_pass', 'grpc_pass', 'fastcgi_pass', 'uwsgi_pass').length > 0;
  return (
    !passes &&
    all(block, 'return', 'rewrite').some((directive) =>
      directive.arguments.some((argument) => argument.startsWith('https://')),
    )
  );
}

function tlsOf(block: readonly Directive[], outer: readonly Directive[], server: Directive): TlsSetting {
  const protocols = one(block, outer, 'ssl_protocols');
  return {
    versions: protocols?.arguments ?? [],
    ciphers: one(block, outer, 'ssl_ciphers')?.arguments[0],
    clientCertificate: one(block, outer, 'ssl_verify_client')?.arguments[0] === 'on',
    place: protocols?.place ?? server.place,
  };
}

function settingsOf(block: readonly Directive[], outer: readonly Directive[]): Setting[] {
  const settings: Setting[] = [];
  const log = one(block, outer, 'access_log');
  if (log?.arguments[0] === 'off')
    settings.push({ kind: 'access-log-off', detail: 'access_log off', place: log.place });
  for (const directive of all(block, 'proxy_ssl_verify'))
    if (directive.arguments[0] === 'off')
      settings.push({ kind: 'verify-off', detail: 'proxy_ssl_verify off', place: directive.place });
  for (const directive of all(block, 'autoindex'))
    if (directive.arguments[0] === 'on')
      settings.push({ kind: 'debug', detail: 'autoindex on', place: directive.place });
  const tokens = one(block, outer, 'server_tokens');
  if (tokens?.arguments[0] === 'on')
    settings.push({ kind: 'server-tokens', detail: 'server_tokens on', place: tokens.place });
  const trusted = all([...block, ...outer.filter((directive) => directive.name !== 'server')], 'set_real_ip_from').find(
    (directive) => /^(?:0\.0\.0\.0\/0|::\/0)$/.test(directive.arguments[0] ?? ''),
  );
  if (trusted !== undefined)
    settings.push({
      kind: 'header-forwarded',
      detail: `set_real_ip_from ${trusted.arguments[0] ?? ''}`,
      place: trusted.place,
    });
  return settings;
}

function flowsOf(from: string, pass: Directive, upstreams: ReadonlyMap<string, readonly string[]>): UnlinkedFlow[] {
  const [, scheme = 'http', host = ''] = /^(?:(https?|grpcs?):\/\/)?([^/;$]+)/.exec(pass.arguments[0] ?? '') ?? [];
  const [name = ''] = host.split(':');
  const targets = upstreams.get(name) ?? [host];
  return targets.flatMap((target) => {
    const [, toName, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(target) ?? [];
    if (toName === undefined || target.startsWith('unix:')) return [];
    const protocol = pass.name === 'proxy_pass' ? scheme : pass.name.replace('_pass', '');
    return [
      {
        from,
        toName: toName.toLowerCase(),
        protocol,
        encrypted: scheme.endsWith('s'),
        port: port === undefined ? undefined : Number(port),
        place: pass.place,
      },
    ];
  });
}

/** Directives of these names, at any depth. */
function all(block: readonly Directive[], ...names: readonly string[]): Directive[] {
  return block.flatMap((directive) => [
    ...(names.includes(directive.name) ? [directive] : []),
    ...(directive.block === undefined ? [] : all(directive.block, ...names)),
  ]);
}

/** The one that counts in a server: its own, or else that of `http`. */
function one(block: readonly Directive[], outer: readonly Directive[], name: string): Directive | undefined {
  return block.find((directive) => directive.name === name) ?? outer.find((directive) => directive.name === name);
}
