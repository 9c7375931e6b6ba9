import type { AuditSink, Component, Exposure, Fragment, Port, Setting, TlsSetting, UnlinkedFlow } from '../model.ts';
import { environmentInName } from './compose.ts';
import type { YamlText, YamlValue } from '@castellan/gateway/castellan-yaml';

/** Whether a YAML document is an Envoy bootstrap (or a part of one). */
export function isEnvoy({ root }: YamlText): boolean {
  return (
    root.get('static_resources').exists ||
    (root.get('admin', 'address', 'socket_address').exists && !root.get('services').exists)
  );
}

/** Reads an Envoy bootstrap: listeners with their TLS, clusters with theirs, the administration port. */
export function readEnvoy(file: string, { root }: YamlText): Fragment {
  const id = `envoy:${file}`;
  const ports: Port[] = [];
  const settings: Setting[] = [];
  const auditSinks: AuditSink[] = [];
  const admin = root.get('admin', 'address', 'socket_address');
  if (admin.exists) ports.push({ ...portOf(admin), protocol: 'http', tls: undefined, management: true });
  for (const listener of root.get('static_resources', 'listeners').items()) {
    const address = listener.get('address', 'socket_address');
    if (!address.exists) continue;
    const chains = [...listener.get('filter_chains').items()];
    const tls = chains.map((chain) => tlsOf(chain)).find((setting) => setting !== undefined);
    ports.push({
      ...portOf(address),
      protocol: tls === undefined ? 'http' : 'https',
      tls,
      redirectsToTls: chains.length > 0 && chains.every(redirects),
    });
    const managers = chains
      .flatMap((chain) => [...chain.get('filters').items()])
      .map((filter) => filter.get('typed_config'));
    for (const manager of managers) {
      for (const log of manager.get('access_log').items())
        if (/grpc|open_telemetry|stdout/i.test(log.get('name').text ?? ''))
          auditSinks.push({ kind: log.get('name').text ?? 'access log', place: log.place });
      for (const filter of manager.get('http_filters').items())
        if (filter.get('typed_config', 'failure_mode_allow').value === true)
          settings.push({
            kind: 'authentication-off',
            detail: 'failure_mode_allow: true',
            place: filter.get('typed_config', 'failure_mode_allow').place,
          });
    }
  }
  const flows = [...root.get('static_resources', 'clusters').items()].flatMap((cluster) => clusterFlows(id, cluster));
  const component: Component = {
    id,
    name: file.split('/').pop() ?? file,
    kind: 'gateway',
    source: 'envoy',
    technology: 'envoy',
    image: undefined,
    environment: environmentInName(file),
    ports,
    secrets: [],
    settings,
    networks: [],
    place: root.place,
  };
  return { components: [component], flows, auditSinks, notices: [] };
}

function portOf(address: YamlValue): Port {
  const host = address.get('address').text ?? '';
  const exposure: Exposure = /^(?:127\.|::1$|localhost)/.test(host)
    ? 'loopback'
    : /^(?:10\.|192\.168\.)/.test(host)
      ? 'internal'
      : 'public';
  return {
    number: Number(address.get('port_value').text),
    exposure,
    protocol: 'http',
    tls: undefined,
    redirectsToTls: false,
    management: false,
    place: address.place,
  };
}

function tlsOf(chain: YamlValue): TlsSetting | undefined {
  const socket = chain.get('transport_socket', 'typed_config');
  if (!socket.exists || /raw_buffer/.test(chain.get('transport_socket', 'name').text ?? '')) return undefined;
  const parameters = socket.get('common_tls_context', 'tls_params');
  const lowest = parameters.get('tls_minimum_protocol_version');
  return {
    versions: lowest.text === undefined ? [] : [lowest.text.replace(/^TLSv1_/, 'TLSv1.')],
    ciphers: [...parameters.get('cipher_suites').items()].map((item) => item.text ?? '').join(':') || undefined,
    clientCertificate: socket.get('require_client_certificate').value === true,
    place: lowest.exists ? lowest.place : socket.place,
  };
}

function redirects(chain: YamlValue): boolean {
  const routes = [...chain.get('filters').items()].flatMap((filter) =>
    [...filter.get('typed_config', 'route_config', 'virtual_hosts').items()].flatMap((host) => [
      ...host.get('routes').items(),
    ]),
  );
  return routes.length > 0 && routes.every((route) => route.get('redirect', 'https_redirect').value === true);
}

function clusterFlows(from: string, cluster: YamlValue): UnlinkedFlow[] {
  const socket = cluster.get('transport_socket');
  const encrypted = socket.exists && !/raw_buffer/.test(socket.get('name').text ?? '');
  const http2 = cluster.get('http2_protocol_options').exists || cluster.get('typed_extension_protocol_options').exists;
  return [...cluster.get('load_assignment', 'endpoints').items()].flatMap((group) =>
    [...group.get('lb_endpoints').items()].flatMap((endpoint) => {
      const address = endpoint.get('endpoint', 'address', 'socket_address');
      const host = address.get('address').text;
      if (host === undefined) return [];
      return [
        {
          from,
          toName: host.toLowerCase(),
          protocol: encrypted ? 'https' : http2 ? 'http/2' : 'http',
          encrypted,
          port: Number(address.get('port_value').text) || undefined,
          place: address.place,
        },
      ];
    }),
  );
}
