import type { Located, Server } from '../model.ts';
import { child, entries, isObject, items } from '../load/pointer.ts';
import { text, type Reading } from './reading.ts';

/** So many addresses of one server are made from the values of its variables, and so many base paths are kept. */
const MOST_ADDRESSES = 10_000;
const MOST_BASE_PATHS = 1000;

/** `servers` of 3.x, or `schemes`, `host` and `basePath` of 2.0. Where nothing is said, one server at `/`. */
export function readServers(reading: Reading): readonly Server[] {
  if (reading.version === '2.0') return swaggerServers(reading);
  const servers = serversOf(reading, child(reading.root, 'servers'));
  return servers.length > 0 ? servers : [{ url: '/', basePath: '', basePaths: [''], location: reading.root.location }];
}

/**
 * The `servers` of an operation or, where it has none, of its path item, which stand in the place of the document's;
 * undefined where neither names one.
 */
export function readOwnServers(reading: Reading, holders: readonly Located[]): readonly Server[] | undefined {
  if (reading.version === '2.0') return undefined;
  for (const holder of holders) {
    const list = child(holder, 'servers');
    if (list.value === undefined) continue;
    const servers = reading.servers.of(list, () => serversOf(reading, list));
    if (servers.length > 0) return servers;
  }
  return undefined;
}

function serversOf(reading: Reading, list: Located): readonly Server[] {
  const servers: Server[] = [];
  for (const server of items(list)) {
    const written = isObject(server.value) ? text(server.value['url']) : undefined;
    if (written === undefined) {
      reading.warn(server.location, 'invalid-server', 'a server without url is left out', 'add url');
      continue;
    }
    const variables = variablesOf(reading, server, written);
    const url = filled(written, (name) => variables.get(name)?.[0]);
    const basePath = basePathOf(reading, server, url);
    servers.push({
      url,
      basePath,
      basePaths: basePathsOf(reading, server, written, variables, basePath),
      description: text(member(server, 'description')),
      location: server.location,
    });
  }
  return servers;
}

/** The values of each variable of a url, its default first. */
function variablesOf(reading: Reading, server: Located, url: string): ReadonlyMap<string, readonly string[]> {
  const declared = new Map([...entries(child(server, 'variables'))].filter(([name]) => !name.startsWith('x-')));
  const variables = new Map<string, readonly string[]>();
  for (const [, name = ''] of url.matchAll(VARIABLE)) {
    const node = declared.get(name);
    const fixed = node === undefined ? undefined : scalar(member(node, 'default'));
    const written: unknown = node === undefined ? undefined : member(node, 'enum');
    const choices = Array.isArray(written) ? written.map(scalar).filter((value) => value !== undefined) : [];
    const warn = (message: string, mend: string): void =>
      reading.warn(
        node?.location ?? server.location,
        'server-variable',
        `the server variable {${name}} ${message}`,
        mend,
      );
    if (fixed === undefined) warn('has no default', `add variables.${name}.default`);
    else if (choices.length > 0 && !choices.includes(fixed))
      warn('has a default that is not in its enum; both are read', `add ${fixed} to variables.${name}.enum`);
    variables.set(name, [...new Set(fixed === undefined ? choices : [fixed, ...choices])]);
  }
  return variables;
}

const VARIABLE = /\{([^{}]*)\}/g;

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

function filled(url: string, valueOf: (name: string) => string | undefined): string {
  return url.replaceAll(VARIABLE, (whole, name: string) => valueOf(name) ?? whole);
}

/** Every path that the values of the variables give, that of the defaults first. */
function basePathsOf(
  reading: Reading,
  server: Located,
  url: string,
  variables: ReadonlyMap<string, readonly string[]>,
  first: string,
): readonly string[] {
  const authority = /^[^/]*\/\/[^/]*/.exec(url)?.[0] ?? '';
  const inPath = [...variables].filter(
    ([name, values]) =>
      values.length > 1 &&
      (url.slice(authority.length).includes(`{${name}}`) || values.some((value) => value.includes('/'))),
  );
  const addresses = inPath.reduce((product, [, values]) => product * values.length, 1);
  const paths = new Set([first]);
  for (let at = 1; at < Math.min(addresses, MOST_ADDRESSES + 1) && paths.size <= MOST_BASE_PATHS; at++) {
    const values = new Map<string, string | undefined>();
    let rest = at;
    for (const [name, choices] of inPath) {
      values.set(name, choices[rest % choices.length]);
      rest = Math.floor(rest / choices.length);
    }
    paths.add(
      basePathOf(
        reading,
        server,
        filled(url, (name) => values.get(name) ?? variables.get(name)?.[0]),
      ),
    );
  }
  if (addresses > MOST_ADDRESSES || paths.size > MOST_BASE_PATHS)
    throw reading.error(
      server.location,
      'too-many-base-paths',
      `the variables of the server give more than ${addresses > MOST_ADDRESSES ? `${MOST_ADDRESSES} addresses` : `${MOST_BASE_PATHS} base paths`}`,
      'write fewer values into enum, or a server each',
    );
  return [...paths];
}

function basePathOf(reading: Reading, server: Located, url: string): string {
  let path: string;
  try {
    path = new URL(url.replaceAll(/[{}]/g, 'x'), 'http://localhost/').pathname;
    // A variable without a value stays one, so that nobody takes its name for a path.
    if (/\{[^{}]*\}/.test(url.replace(/^[^/]*\/\/[^/]*/, ''))) path = url.replace(/^[^/]*\/\/[^/]*/, '');
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

function swaggerServers(reading: Reading): readonly Server[] {
  const { root } = reading;
  const host = text(member(root, 'host'));
  const basePath = (text(member(root, 'basePath')) ?? '').replace(/\/+$/, '');
  const path = basePath === '' || basePath.startsWith('/') ? basePath : `/${basePath}`;
  if (host === undefined)
    return [{ url: path === '' ? '/' : path, basePath: path, basePaths: [path], location: root.location }];
  const schemes = member(root, 'schemes');
  const protocols = Array.isArray(schemes)
    ? schemes.filter((scheme): scheme is string => typeof scheme === 'string')
    : [];
  return (protocols.length === 0 ? ['https'] : protocols).map((protocol) => ({
    url: `${protocol}://${host}${path}`,
    basePath: path,
    basePaths: [path],
    location: child(root, 'host').location,
  }));
}

function member(node: Located, key: string): unknown {
  return child(node, key).value;
}
