import type { Located, OAuthFlow, SecurityScheme } from '../model.ts';
import type { CastellanError } from '../error.ts';
import { child, entries, isObject } from '../load/pointer.ts';
import { text, type Reading } from './reading.ts';

/** A scheme, or why it cannot be one: an error only where a requirement names it. */
export type SchemeResult = { readonly scheme: SecurityScheme } | { readonly problem: () => CastellanError };

/** `components.securitySchemes`, or 2.0's `securityDefinitions`. */
export function readSecuritySchemes(reading: Reading): Map<string, SchemeResult> {
  const parent = reading.version === '2.0' ? reading.root : child(reading.root, 'components');
  const table = child(parent, reading.version === '2.0' ? 'securityDefinitions' : 'securitySchemes');
  const schemes = new Map<string, SchemeResult>();
  for (const [name, node] of entries(table)) {
    if (!name.startsWith('x-')) schemes.set(name, readSecurityScheme(reading, name, node));
  }
  return schemes;
}

export function readSecurityScheme(reading: Reading, name: string, node: Located): SchemeResult {
  const found = reading.deref(node);
  const raw = found.value;
  const { location } = found;
  const problem = (message: string, mend: string): SchemeResult => {
    reading.warn(location, 'invalid-security-scheme', `the security scheme ${name} ${message}`, mend);
    return {
      problem: () => reading.error(location, 'invalid-security-scheme', `the security scheme ${name} ${message}`, mend),
    };
  };
  if (!isObject(raw)) return problem('is not an object', 'write a Security Scheme Object');
  const base = { name, description: text(raw['description']), location };
  switch (raw['type']) {
    case 'basic':
      return { scheme: { ...base, type: 'http', scheme: 'basic' } };
    case 'http': {
      const scheme = text(raw['scheme'])?.toLowerCase();
      if (scheme === undefined || scheme === '') return problem('has no scheme', 'add scheme: bearer (or basic, …)');
      return { scheme: { ...base, type: 'http', scheme, bearerFormat: text(raw['bearerFormat']) } };
    }
    case 'apiKey': {
      const key = text(raw['name']);
      const where = raw['in'];
      if (key === undefined || key === '')
        return problem('has no name', 'add name: the header field, query parameter or cookie that carries the key');
      if (where !== 'header' && where !== 'query' && where !== 'cookie')
        return problem('has no valid in', 'write in: header, query or cookie');
      return { scheme: { ...base, type: 'apiKey', in: where, key } };
    }
    case 'oauth2':
      return {
        scheme: {
          ...base,
          type: 'oauth2',
          flows: readFlows(reading, found),
          oauth2MetadataUrl: text(raw['oauth2MetadataUrl']),
        },
      };
    case 'openIdConnect': {
      const url = text(raw['openIdConnectUrl']);
      if (url === undefined)
        reading.warn(
          location,
          'invalid-security-scheme',
          `the security scheme ${name} has no openIdConnectUrl`,
          'add openIdConnectUrl',
        );
      return { scheme: { ...base, type: 'openIdConnect', openIdConnectUrl: url ?? '' } };
    }
    case 'mutualTLS':
      return { scheme: { ...base, type: 'mutualTLS' } };
    default:
      return problem('has no known type', 'write type: http, apiKey, oauth2, openIdConnect or mutualTLS');
  }
}

const FLOWS = ['implicit', 'password', 'clientCredentials', 'authorizationCode', 'deviceAuthorization'] as const;
/** What 2.0 calls its flows. */
const SWAGGER_FLOWS: Readonly<Record<string, OAuthFlow['flow']>> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
};

function readFlows(reading: Reading, scheme: Located): OAuthFlow[] {
  if (reading.version === '2.0') {
    const named = child(scheme, 'flow').value;
    const flow = typeof named === 'string' && Object.hasOwn(SWAGGER_FLOWS, named) ? SWAGGER_FLOWS[named] : undefined;
    if (flow !== undefined) return [readFlow(flow, scheme)];
    reading.warn(
      scheme.location,
      'invalid-security-scheme',
      'an oauth2 scheme without a known flow',
      'write flow: accessCode (or application, password, implicit)',
    );
    return [];
  }
  const flows = child(scheme, 'flows');
  const read: OAuthFlow[] = [];
  for (const flow of FLOWS) {
    const node = child(flows, flow);
    if (isObject(node.value)) read.push(readFlow(flow, node));
  }
  if (read.length === 0)
    reading.warn(
      scheme.location,
      'invalid-security-scheme',
      'an oauth2 scheme without a known flow',
      'add flows.authorizationCode (or clientCredentials, …)',
    );
  return read;
}

function readFlow(flow: OAuthFlow['flow'], node: Located): OAuthFlow {
  const scopes: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [scope, description] of entries(child(node, 'scopes'))) {
    if (!scope.startsWith('x-')) scopes[scope] = text(description.value) ?? '';
  }
  return {
    flow,
    authorizationUrl: text(child(node, 'authorizationUrl').value),
    tokenUrl: text(child(node, 'tokenUrl').value),
    scopes,
  };
}
