import type { Mode } from '@castellan/contract';
import { readCastellanYaml, type YamlValue } from '@castellan/gateway/castellan-yaml';
import type { SecretSeen } from '../model.ts';
import { secretSeen } from '../sources/secrets.ts';
import type { CastellanAuthentication, CastellanFile, CastellanFileApi } from './model.ts';

/**
 * Reads the text of a `castellan.yaml`.
 *
 * ```ts
 * const { apis, listen } = readCastellanFile('castellan.yaml', await readFile('castellan.yaml', 'utf8'));
 * ```
 *
 * @param file name for messages
 * @throws CastellanError `invalid-yaml`, `unknown-key`, `invalid-castellan-file`, each with file, line and column
 */
export function readCastellanFile(file: string, text: string): CastellanFile {
  const { root } = readCastellanYaml(file, text);
  const apis = [...root.get('apis').items()].map(readApi);
  return { file, apis, ...readRest(root), secrets: secretsIn(root), place: root.place };
}

function readApi(at: YamlValue): CastellanFileApi {
  return {
    name: at.get('name').text ?? '',
    contract: at.get('contract').text ?? '',
    overlays: texts(at.get('overlays')),
    policies: texts(at.get('policies')),
    environment: at.get('environment').text,
    upstreams: [...at.get('upstreams').items()].map((item) => ({
      url: item.get('url').text ?? '',
      place: item.get('url').place,
    })),
    mode: (at.get('mode').text as Mode | undefined) ?? 'enforce',
    authentication: [...at.get('authentication').entries()].map(readAuthentication),
    owner: at.get('owner').text,
    place: at.place,
  };
}

function readAuthentication([scheme, at]: [string, YamlValue]): CastellanAuthentication {
  return {
    scheme,
    issuer: at.get('issuer').text,
    audience: texts(at.get('audience'))[0],
    store: at.get('store').text,
    proofRequired: at.get('proof', 'required').value === true,
    place: at.place,
  };
}

function readRest(root: YamlValue): Omit<CastellanFile, 'file' | 'apis' | 'secrets' | 'place'> {
  const [listen, store, limits, audit, console] = ['listen', 'store', 'limits', 'audit', 'console'].map((name) =>
    root.get(name),
  ) as [YamlValue, YamlValue, YamlValue, YamlValue, YamlValue];
  const tls = listen.get('tls');
  return {
    consumes: [...root.get('consumes').items()].map((item) => ({
      name: item.get('name').text ?? '',
      contract: item.get('contract').text,
      url: item.get('url').text,
      place: item.place,
    })),
    listen: listen.exists
      ? {
          port: Number(listen.get('port').value),
          address: listen.get('address').text,
          tls: tls.exists ? { minVersion: tls.get('minVersion').text, place: tls.place } : undefined,
          place: listen.place,
        }
      : undefined,
    store: store.exists ? { url: withoutSecrets(store.get('url').text ?? ''), place: store.place } : undefined,
    limits: limits.get('store').exists
      ? { store: withoutSecrets(limits.get('store').text ?? ''), place: limits.place }
      : undefined,
    audit: audit.exists
      ? { dir: audit.get('dir').text ?? audit.get('file').text, otlp: audit.get('otlp').text, place: audit.place }
      : undefined,
    console: console.exists
      ? { port: Number(console.get('port').value), address: console.get('address').text, place: console.place }
      : undefined,
  };
}

/** A URL without user and password. */
function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}

function texts(at: YamlValue): string[] {
  if (at.text !== undefined) return [at.text];
  return [...at.items()].flatMap((item) => (item.text === undefined ? [] : [item.text]));
}

/** Literal keys, passwords and client secrets of the authentication, and those inside of store addresses. */
function secretsIn(root: YamlValue): SecretSeen[] {
  const found: SecretSeen[] = [];
  const add = (name: string, at: YamlValue): void => {
    const seen = secretSeen(name, at.text, at.place);
    if (seen !== undefined) found.push(seen);
  };
  for (const api of root.get('apis').items()) {
    for (const [scheme, at] of api.get('authentication').entries()) {
      for (const [, key] of at.get('keys').entries())
        found.push({ name: `${scheme} key`, how: 'literal', place: key.place });
      for (const key of at.get('keys').items()) add('api_key', key.get('key'));
      for (const [, user] of at.get('users').entries()) add('password', user.get('password'));
      for (const user of at.get('users').items()) add('password', user.get('password'));
      add('client_secret', at.get('introspection', 'client', 'secret'));
      add('csrf_secret', at.get('csrf', 'secret'));
    }
  }
  add('store', root.get('store', 'url'));
  add('limits', root.get('limits', 'store'));
  return found;
}
