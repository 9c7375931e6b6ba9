import type { ComponentKind } from '../model.ts';

const stores: readonly (readonly [RegExp, string])[] = [
  [/postgres|postgis|timescale|pgbouncer|cockroach|yugabyte/, 'postgres'],
  [/mysql|mariadb|percona/, 'mysql'],
  [/mongo/, 'mongodb'],
  [/redis|valkey|dragonfly|keydb/, 'redis'],
  [/memcached/, 'memcached'],
  [/elasticsearch|opensearch/, 'elasticsearch'],
  [/cassandra|scylla/, 'cassandra'],
  [/rabbitmq/, 'rabbitmq'],
  [/kafka|redpanda/, 'kafka'],
  [/(?:^|[/-])nats(?:$|[:-])/, 'nats'],
  [/minio|ceph|seaweedfs/, 's3'],
  [/clickhouse/, 'clickhouse'],
  [/influxdb/, 'influxdb'],
  [/neo4j/, 'neo4j'],
  [/mssql|sqlserver|azure-sql/, 'mssql'],
  [/couchdb|couchbase/, 'couchdb'],
  [/vault/, 'vault'],
  [/(?:^|\/)etcd/, 'etcd'],
];

const gateways: readonly (readonly [RegExp, string])[] = [
  [/castellan/, 'castellan'],
  [/nginx|openresty/, 'nginx'],
  [/envoy/, 'envoy'],
  [/traefik/, 'traefik'],
  [/haproxy/, 'haproxy'],
  [/caddy/, 'caddy'],
  [/(?:^|\/)kong/, 'kong'],
  [/apisix/, 'apisix'],
  [/oauth2-proxy/, 'oauth2-proxy'],
];

/** What a container image (or a name) is, by the well-known part of its name; a process where nothing matches. */
export function technologyOf(
  image: string | undefined,
  name: string,
): { kind: ComponentKind; technology: string | undefined } {
  const repository = (image ?? name)
    .toLowerCase()
    .replace(/@sha256:.*$/, '')
    .replace(/:[^/]*$/, '');
  // An exporter or a web page for a store is not the store.
  if (
    /export(?:er)?|adminer|phpmyadmin|pgadmin|commander|mongo-express|dashboard|operator|backup|migrat/.test(repository)
  )
    return { kind: 'process', technology: undefined };
  for (const [pattern, technology] of stores) if (pattern.test(repository)) return { kind: 'store', technology };
  for (const [pattern, technology] of gateways) if (pattern.test(repository)) return { kind: 'gateway', technology };
  return { kind: 'process', technology: undefined };
}

const wellKnown: Readonly<
  Record<number, { readonly protocol: 'http' | 'https' | 'tcp'; readonly management?: string }>
> = {
  80: { protocol: 'http' },
  443: { protocol: 'https' },
  3000: { protocol: 'http' },
  5000: { protocol: 'http' },
  8000: { protocol: 'http' },
  8080: { protocol: 'http' },
  8443: { protocol: 'https' },
  2375: { protocol: 'tcp', management: 'the Docker engine' },
  2376: { protocol: 'tcp', management: 'the Docker engine' },
  2379: { protocol: 'tcp', management: 'etcd' },
  4040: { protocol: 'http', management: 'the ngrok inspector' },
  5005: { protocol: 'tcp', management: 'the Java debugger' },
  5601: { protocol: 'http', management: 'Kibana' },
  5678: { protocol: 'tcp', management: 'the Python debugger' },
  6443: { protocol: 'https', management: 'the Kubernetes API' },
  8001: { protocol: 'http', management: 'the gateway administration' },
  8181: { protocol: 'http', management: 'the Castellan console' },
  8500: { protocol: 'http', management: 'Consul' },
  9000: { protocol: 'http' },
  9090: { protocol: 'http', management: 'Prometheus' },
  9229: { protocol: 'tcp', management: 'the Node.js debugger' },
  9901: { protocol: 'http', management: 'the Envoy administration' },
  10250: { protocol: 'https', management: 'the kubelet' },
  15672: { protocol: 'http', management: 'the RabbitMQ management page' },
  16686: { protocol: 'http', management: 'Jaeger' },
  19000: { protocol: 'http', management: 'the Envoy administration' },
};

const storePorts: ReadonlySet<number> = new Set([
  1433, 3306, 5432, 6379, 9042, 9092, 9200, 11211, 27017, 5672, 4222, 8123, 7687,
]);

/** The protocol that a port mostly speaks. */
export function protocolOfPort(port: number): 'http' | 'https' | 'tcp' | 'unknown' {
  if (storePorts.has(port)) return 'tcp';
  return wellKnown[port]?.protocol ?? 'unknown';
}

/** What is managed through a port, where it is a well-known one. */
export function managementOfPort(port: number): string | undefined {
  return wellKnown[port]?.management;
}
