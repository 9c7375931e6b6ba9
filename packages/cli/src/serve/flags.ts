import { resolve } from 'node:path';
import type { LoginOptions, ServeOptions } from '@castellan/registry';
import { nearest, usage } from '../arguments.ts';
import { secondsOf } from '../detect/duration.ts';

export const options = {
  port: { type: 'string' },
  address: { type: 'string' },
  config: { type: 'string' },
  'no-gateway': { type: 'boolean' },
  store: { type: 'string' },
  'key-file': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  'login-issuer': { type: 'string' },
  'login-audience': { type: 'string' },
  'login-role': { type: 'string', multiple: true },
  'login-groups': { type: 'string' },
  'warm-up': { type: 'string' },
} as const;

type Values = {
  readonly [K in keyof typeof options]?:
    | ((typeof options)[K]['type'] extends 'boolean'
        ? boolean
        : (typeof options)[K] extends { readonly multiple: true }
          ? string[]
          : string)
    | undefined;
};

/** What the registry is served with. */
export interface ServeFlags {
  readonly serve: ServeOptions;
  readonly keyFile: string | undefined;
}

/** @throws CastellanError `usage` */
export function readServeFlags(values: Values, cwd: string): ServeFlags {
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw usage(`--port ${values.port} is no port`, 'write --port 8181');
  return {
    keyFile: values['key-file'],
    serve: {
      port,
      host: values.address,
      tls: tlsOf(values, cwd),
      login: loginOf(values),
      detect: { warmUp: secondsOf('--warm-up', values['warm-up']) },
    },
  };
}

function tlsOf(values: Values, cwd: string): ServeOptions['tls'] {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = values;
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usage(`--tls-${cert === undefined ? 'cert' : 'key'} is missing`, 'give both --tls-cert and --tls-key');
  const at = (file: string): string => resolve(cwd, file);
  return { cert: at(cert), key: at(key), clientCa: clientCa === undefined ? undefined : at(clientCa) };
}

const people = ['viewer', 'developer', 'owner', 'security', 'administrator'] as const;

function loginOf(values: Values): LoginOptions | undefined {
  const {
    'login-issuer': issuer,
    'login-audience': audience,
    'login-groups': groups,
    'login-role': said = [],
  } = values;
  if (issuer === undefined && audience === undefined && groups === undefined && said.length === 0) return undefined;
  if (issuer === undefined || audience === undefined)
    throw usage(
      `--login-${issuer === undefined ? 'issuer' : 'audience'} is missing`,
      'write --login-issuer https://login.example.com --login-audience registry',
    );
  const roles = new Map<(typeof people)[number], string[]>();
  for (const one of said) {
    const [name = '', group = ''] = [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)];
    const role = people.find((known) => known === name);
    if (role === undefined || !one.includes('=') || group === '') {
      const near = nearest(name, people);
      throw usage(
        `--login-role ${one} gives no role`,
        near === undefined ? 'write --login-role administrator=platform-team' : `did you mean ${near}=GROUP?`,
      );
    }
    roles.set(role, [...(roles.get(role) ?? []), group]);
  }
  if (roles.size === 0)
    throw usage('nobody of the provider has a role', 'write --login-role administrator=platform-team');
  return { issuer, audience, groups, roles: Object.fromEntries(roles) };
}
