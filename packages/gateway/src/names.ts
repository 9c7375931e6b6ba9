import type { Server } from '@castellan/contract';

/** The names under which an API is called, with the origin that each stands for. */
export type Names = ReadonlyMap<string, string>;

/**
 * The API's names: hosts of the document's servers, what the configuration adds, and where the gateway listens.
 * @param more origins (`https://api.example.com`) or hosts (`api.example.com:8443`)
 */
export function namesOf(servers: readonly Server[], more: readonly string[], own: readonly string[]): Names {
  const names = new Map<string, string>();
  const add = (written: string, protocol: 'http:' | 'https:'): void => {
    const address = /^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `${protocol}//${written}`;
    if (!URL.canParse(address)) return;
    const { origin, host, protocol: scheme, hostname } = new URL(address);
    if (hostname === '' || (scheme !== 'http:' && scheme !== 'https:')) return;
    if (!names.has(host)) names.set(host, origin);
    // The port may be told all the same.
    const port = scheme === 'https:' ? 443 : 80;
    if (host === hostname && !names.has(`${host}:${port}`)) names.set(`${host}:${port}`, origin);
  };
  for (const address of own) add(address, 'http:');
  for (const written of more) add(written, 'https:');
  for (const { url } of servers) if (/^(?:https?:)?\/\//i.test(url)) add(url.replace(/^\/\//, 'https://'), 'https:');
  return names;
}
