import type { Located, Server } from '../model.ts';
import { child, entries, isObject, items } from '../load/pointer.ts';
import { text, type Reading } from './reading.ts';

/** `servers` of 3.x, or `schemes`, `host` and `basePath` of 2.0. Where nothing is said, one server at `/`. */
export function readServers(reading: Reading): Server[] {
  return reading.version === '2.0' ? swaggerServers(reading) : serversOf(reading, child(reading.root, 'servers'));
}

function serversOf(reading: Reading, list: Located): Server[] {
  const servers: Server[] = [];
  for (const server of items(list)) {
    const written = isObject(server.value) ? text(server.value['url']) : undefined;
    if (written === undefined) {
      reading.warn(server.location, 'invalid-server', 'a server without url is left out', 'add url');
      continue;
    }
    const url = filled(reading, server, written);
    servers.push({
      url,
      basePath: basePathOf(reading, server, url),
      description: text(member(server, 'description')),
      location: server.location,
    });
  }
  if (servers.length === 0) servers.push({ url: '/', basePath: '', location: reading.root.location });
  return servers;
}

function filled(reading: Reading, server: Located, url: string): string {
  const defaults = new Map<string, string>();
  for (const [name, variable] of entries(child(server, 'variables'))) {
    const value = isObject(variable.value) ? variable.value['default'] : undefined;
    if (typeof value === 'string' || typeof value === 'number') defaults.set(name, String(value));
  }
  return url.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = defaults.get(name);
    if (value === undefined) {
      reading.warn(
        server.location,
        'server-variable',
        `the server variable {${name}} has no default`,
        `add variables.${name}.default`,
      );
      return whole;
    }
    return value;
  });
}

function basePathOf(reading: Reading, server: Located, url: string): string {
  let path: string;
  try {
    path = new URL(url.replaceAll(/[{}]/g, 'x'), 'http://localhost/').pathname;
  } catch {
    reading.warn(
      server.location,
      'invalid-server',
      `the server url ${url} is no URL, so its path is taken as /`,
      'write an absolute URL or a path',
    );
    return '';
  }
  return path.replace(/\/+$/, '');
}

function swaggerServers(reading: Reading): Server[] {
  const { root } = reading;
  const host = text(member(root, 'host'));
  const basePath = (text(member(root, 'basePath')) ?? '').replace(/\/+$/, '');
  const path = basePath === '' || basePath.startsWith('/') ? basePath : `/${basePath}`;
  if (host === undefined) return [{ url: path === '' ? '/' : path, basePath: path, location: root.location }];
  const schemes = member(root, 'schemes');
  const protocols = Array.isArray(schemes)
    ? schemes.filter((scheme): scheme is string => typeof scheme === 'string')
    : [];
  return (protocols.length === 0 ? ['https'] : protocols).map((protocol) => ({
    url: `${protocol}://${host}${path}`,
    basePath: path,
    location: child(root, 'host').location,
  }));
}

function member(node: Located, key: string): unknown {
  return child(node, key).value;
}
