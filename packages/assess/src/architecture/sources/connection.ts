import type { Place } from '@castellan/contract';
import type { UnlinkedFlow } from '../model.ts';
import { fallbackOf } from './secrets.ts';

const schemes: ReadonlyMap<
  string,
  { readonly protocol: string; readonly encrypted: boolean | undefined; readonly port: number }
> = new Map(
  Object.entries<{ readonly protocol: string; readonly encrypted: boolean | undefined; readonly port: number }>({
    postgres: { protocol: 'postgres', encrypted: undefined, port: 5432 },
    postgresql: { protocol: 'postgres', encrypted: undefined, port: 5432 },
    mysql: { protocol: 'mysql', encrypted: undefined, port: 3306 },
    mariadb: { protocol: 'mysql', encrypted: undefined, port: 3306 },
    mongodb: { protocol: 'mongodb', encrypted: undefined, port: 27017 },
    'mongodb+srv': { protocol: 'mongodb', encrypted: true, port: 27017 },
    redis: { protocol: 'redis', encrypted: false, port: 6379 },
    rediss: { protocol: 'redis', encrypted: true, port: 6379 },
    amqp: { protocol: 'amqp', encrypted: false, port: 5672 },
    amqps: { protocol: 'amqp', encrypted: true, port: 5671 },
    nats: { protocol: 'nats', encrypted: undefined, port: 4222 },
    http: { protocol: 'http', encrypted: false, port: 80 },
    https: { protocol: 'https', encrypted: true, port: 443 },
    grpc: { protocol: 'grpc', encrypted: undefined, port: 443 },
    sqlserver: { protocol: 'mssql', encrypted: undefined, port: 1433 },
  }),
);

/** The flow that a connection URL stands for: `postgres://user:secret@db:5432/shop?sslmode=disable`. Credentials are dropped. */
export function connectionOf(from: string, value: string | undefined, place: Place): UnlinkedFlow | undefined {
  const match =
    /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/\s]*@)?(\[[0-9a-f:]+\]|[^:/?#\s,]+)(?::(\d{1,5}))?(?:\/([^?#\s]*))?(?:\?([^#\s]*))?/i.exec(
      (fallbackOf(value ?? '') ?? value ?? '').trim().replace(/^jdbc:/, ''),
    );
  if (match === null) return serverPairs(from, value ?? '', place);
  const [, scheme = '', host = '', port, path, query = ''] = match;
  const known = schemes.get(scheme.toLowerCase());
  if (known === undefined || /^\$|[{}<>]/.test(host)) return undefined;
  let { encrypted } = known;
  if (/(?:sslmode|ssl-mode)=disable|(?:^|&)(?:ssl|tls|encrypt|useSSL)=false/i.test(query)) encrypted = false;
  else if (/(?:sslmode|ssl-mode)=(?:require|verify)|(?:^|&)(?:ssl|tls|encrypt|useSSL)=true/i.test(query))
    encrypted = true;
  const isStore = !/^(?:https?|grpc)$/.test(scheme);
  const resource = isStore && path !== undefined && path !== '' && !/[{}$]/.test(path) ? path : undefined;
  return {
    from,
    toName: host.toLowerCase(),
    protocol: known.protocol,
    encrypted,
    port: port === undefined ? known.port : Number(port),
    resource,
    place,
  };
}

/** `Server=db,1433;Database=shop;Encrypt=false;…` */
function serverPairs(from: string, value: string, place: Place): UnlinkedFlow | undefined {
  const pair = (name: string): string | undefined =>
    new RegExp(`(?:^|;)\\s*(?:${name})\\s*=\\s*([^;]+)`, 'i').exec(value)?.[1]?.trim();
  const [, host, port] =
    /^(?:tcp:)?([\w.-]+)(?:[,:](\d{1,5}))?$/.exec(pair('server|data source|host|addr|address') ?? '') ?? [];
  if (host === undefined || !value.includes(';')) return undefined;
  const encrypt = pair('encrypt|ssl ?mode|sslmode')?.toLowerCase();
  return {
    from,
    toName: host.toLowerCase(),
    protocol: 'sql',
    encrypted: encrypt === undefined ? undefined : !/^(?:false|no|disable[d]?|none|optional)$/.test(encrypt),
    port: port === undefined ? undefined : Number(port),
    resource: pair('database|initial catalog'),
    place,
  };
}
