import { everyServer, type Contract, type Server } from '@castellan/contract';
import { valueAt } from './patch.ts';

/** Whether a server's host is this machine, a private network or a name that only resolves inside. */
export function isInside(url: string): boolean {
  const host = hostOf(url);
  return (
    host !== undefined &&
    /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0|\[?::1\]?)|\.(?:local|internal|intranet|lan|corp|svc|cluster\.local|localhost)$/i.test(
      host,
    )
  );
}

/** A server's address with the defaults of its variables: `{scheme}://{host}` is `http://api.example.com`. */
export function withDefaults(contract: Contract, { url, location }: Server): string {
  if (!url.includes('{') || location.document !== contract.documents[0]) return url;
  const { variables } = Object(valueAt(contract, location)) as { readonly variables?: unknown };
  return url.replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable: unknown = (Object(variables) as Readonly<Record<string, unknown>>)[name];
    const { default: value } = Object(variable) as { readonly default?: unknown };
    return typeof value === 'string' ? value : whole;
  });
}

/** Whether a server's host is this machine. */
export function isThisMachine(url: string): boolean {
  return /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$|\.localhost$/i.test(hostOf(url) ?? '');
}

/** Whether a server's host or description says that it is not production. */
export function isNotProduction(server: Server): boolean {
  const host = hostOf(server.url) ?? '';
  return (
    /(?:^|[.-])(?:staging|stage|stg|dev|devel|development|test|testing|qa|uat|preprod|preproduction|beta|alpha|integration|int)(?:[.-]|\d|$)/i.test(
      host,
    ) || /\b(?:staging|development|test environment|qa|uat|pre-?production)\b/i.test(server.description ?? '')
  );
}

/** The host of a server's URL; undefined where it is relative. */
function hostOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)/i.exec(url)?.[1];
}

/** Servers as written, none of those that stand for "nothing said". */
export function writtenServers(contract: Contract): readonly Server[] {
  return everyServer(contract).filter(
    (server) => server.location.pointer !== '' || contract.document['servers'] !== undefined,
  );
}
