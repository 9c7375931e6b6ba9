// Reference page of header fields: what answers carry, what is read of requests, what the upstream gets. Each literal name in the
// sources of guard and gateway has a line here, or is listed among those that are only compared.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

interface Field {
  readonly when: string;
  readonly example: string;
}

/** What answers carry beside the fields of the handler. */
const added: Readonly<Record<string, Field>> = {
  'x-request-id': {
    when: 'Every answer: the id of its event; that of a trusted proxy is kept.',
    example: '0f3c1a52-8c1e-4c57-9a39-5f0f3a2b7c11',
  },
  traceresponse: {
    when: 'Where a trusted proxy sent `traceparent` (W3C Trace Context).',
    example: '00-4bf92f35…-00f067aa…-01',
  },
  'cache-control': {
    when: 'Every answer, unless the handler set it. Tokens and nonces: always.',
    example: 'no-store',
  },
  'content-security-policy': {
    when: 'Every answer, unless the handler set it.',
    example: "default-src 'none'; frame-ancestors 'none'",
  },
  'referrer-policy': { when: 'Every answer, unless the handler set it.', example: 'no-referrer' },
  'x-content-type-options': { when: 'Every answer, unless the handler set it.', example: 'nosniff' },
  'x-frame-options': { when: 'Every answer, unless the handler set it.', example: 'DENY' },
  'strict-transport-security': {
    when: 'Over TLS, unless the handler set it.',
    example: 'max-age=31536000; includeSubDomains',
  },
  'www-authenticate': {
    when: '401: what credential is asked for, one challenge for each alternative (RFC 9110).',
    example: 'Bearer realm="Orders", error="invalid_token"',
  },
  'retry-after': { when: '429 and 503: seconds to wait.', example: '12' },
  ratelimit: {
    when: '429 of a rate limit: what is left, and when there is more.',
    example: '"per-principal";r=0;t=12',
  },
  'ratelimit-policy': {
    when: '429 of a rate limit: requests and seconds of the window.',
    example: '"per-principal";q=60;w=60',
  },
  allow: { when: '405, and OPTIONS: the methods of the path.', example: 'GET, POST' },
  deprecation: { when: 'Operations with `lifecycle: deprecated` (RFC 9745).', example: '@1767225600' },
  sunset: { when: 'Operations with a `lifecycle.sunset` (RFC 8594).', example: 'Fri, 01 Jan 2027 00:00:00 GMT' },
  link: {
    when: 'Operations with a `lifecycle.successor` or `lifecycle.information` (RFC 9745).',
    example: '</v2/orders>; rel="successor-version"',
  },
  vary: { when: 'Where `cors` is set: answers depend on the origin.', example: 'Origin' },
  'access-control-allow-origin': { when: '`cors`: the origin may read the answer.', example: 'https://app.example' },
  'access-control-allow-credentials': { when: '`cors.credentials`.', example: 'true' },
  'access-control-expose-headers': {
    when: '`cors`: the fields of `cors.expose`, and those of credentials.',
    example: 'etag, dpop-nonce',
  },
  'access-control-allow-methods': { when: 'Preflight: the documented methods of the path.', example: 'GET, POST' },
  'access-control-allow-headers': {
    when: 'Preflight: the documented fields of the operation.',
    example: 'authorization',
  },
  'access-control-max-age': { when: 'Preflight: seconds that it may be kept.', example: '600' },
  'dpop-nonce': {
    when: 'Where `proof.nonce` demands one: the nonce of the next proof (RFC 9449).',
    example: 'eyJ7S_zG.eyJH0-Z',
  },
};

/** What is taken out of answers. */
const removed = ['server', 'x-powered-by', 'x-aspnet-version', 'x-aspnetmvc-version', 'x-runtime'] as const;

/** What is read of requests. */
const read: Readonly<Record<string, string>> = {
  authorization: 'Bearer tokens, Basic, DPoP tokens, API keys that the document puts there.',
  cookie: 'API keys and sessions in cookies.',
  dpop: 'The proof that the caller holds the key of a token (RFC 9449).',
  'signature-input': 'What a message signature covers (RFC 9421).',
  signature: 'A message signature (RFC 9421).',
  'content-digest': 'The digest that a signature covers (RFC 9530); one that is wrong is refused.',
  'client-cert':
    'With `clientCertificate: header`: the certificate of the client, from trusted proxies only (RFC 9440).',
  'client-cert-chain': 'The same: its chain.',
  'x-csrf-token': 'The token of a session, on requests that change something.',
  origin: '`cors`, and defence against forged requests of other sites.',
  referer: 'Defence against forged requests, where `Origin` is absent.',
  'sec-fetch-site': 'Defence against forged requests.',
  'access-control-request-method': 'Makes an OPTIONS a preflight.',
  forwarded: 'The address and protocol of the caller, from `trustedProxies` only (RFC 7239).',
  'x-forwarded-for': 'The address of the caller, from `trustedProxies` only.',
  'x-forwarded-proto': 'Whether the caller spoke TLS, from `trustedProxies` only.',
  'x-forwarded-host': 'The host that the caller named, from `trustedProxies` only.',
  'x-real-ip': 'Names a proxy in the notice that `trustedProxies` is not set; never believed.',
  'x-client-ip': 'The same.',
  traceparent: 'The trace that the request is part of, from `trustedProxies` only.',
  'content-encoding': 'How the body is compressed: `gzip`, `deflate`, `br`.',
  upgrade: 'Opens a WebSocket, where the operation has `upgrade: websocket`.',
  te: 'Only `trailers` is accepted.',
  expect: 'Only `100-continue` is accepted.',
};

/** What frameworks and upstreams never see, because it could change the method, path or caller after the check. */
const never = [
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
  'castellan-context',
] as const;

/** What the gateway writes for the upstream. */
const upstream: Readonly<Record<string, string>> = {
  host: 'The host of the upstream.',
  'accept-encoding': '`identity`: only an answer in plain bytes can be checked.',
  'x-request-id': 'The id of the event.',
  traceparent: 'The trace, with the gateway as a step of it.',
  'x-forwarded-for': 'The address of the caller.',
  'x-forwarded-proto': '`https` or `http`, as the caller spoke.',
  'x-forwarded-host': 'The host that the caller named, where it is one of the API.',
  'castellan-context': 'Signed: who calls, with which groups, scopes and tenant. See the [gateway](../gateway.md).',
};

/** What the project sends to other receivers. */
const sent: Readonly<Record<string, string>> = {
  'castellan-timestamp': 'Webhooks (`forward.webhook`, `detect.notify`): seconds since the epoch.',
  'castellan-signature': 'Webhooks: `sha256=` and the HMAC of time and body.',
  'x-castellan-key': 'Reports to a registry: its key.',
};

/** Names in the sources that are compared, kept or left out as HTTP asks, and mean nothing of Castellan’s own. */
const plain = new Set([
  'accept-ranges',
  'connection',
  'content-disposition',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'set-cookie',
  'x-forwarded-port',
  'x-forwarded-prefix',
  // Names under which learning recognises credentials, and fields of events and folders.
  'x-access-token',
  'x-api-key',
  'x-auth-token',
  'x-token',
  'x-own',
  'x-castellan',
  'castellan-audit',
  'castellan-state',
  'castellan-gateway',
  // Within the process: how a handler of Hono says that it has answered.
  'x-hono-already-sent',
]);

const pattern =
  /'((?:x|castellan|access-control|content|sec|dpop|client-cert|accept|ratelimit|signature-input)(?:-[a-z]+)+|traceparent|traceresponse|tracestate|forwarded|retry-after|www-authenticate|allow|vary|link|sunset|deprecation|cache-control|dpop|signature|ratelimit|upgrade|te|expect|origin|referer|host|cookie|set-cookie|authorization|location|etag|via|age|date|connection|referrer-policy|strict-transport-security)'/g;

/** Header fields that the sources of guard and gateway name and the page does not. */
export function unexplainedFields(): readonly string[] {
  const known = new Set([...Object.keys({ ...added, ...read, ...upstream, ...sent }), ...removed, ...never, ...plain]);
  const named = globSync('packages/{guard,gateway}/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, name = '']) => name));
  return [...new Set(named)].filter((name) => !known.has(name) && !notFields.has(name)).sort();
}

/** Words that look like names of fields and are keys, media types or reasons. */
const notFields = new Set(['date', 'content-schema']);

const named = (name: string): string => `\`${name}\``;

/** Text of the page. */
export function fieldPages(): Readonly<Record<string, string>> {
  const two = (rows: Readonly<Record<string, string>>): string =>
    Object.entries(rows)
      .map(([name, what]) => `| ${named(name)} | ${what} |`)
      .join('\n');
  return {
    'header-fields.md': `# Header fields

Made by \`npm run reference\`. A test compares it with the sources of guard and gateway.

## What answers carry

The handler’s own fields stay as they are.

| field | when | example |
| --- | --- | --- |
${Object.entries(added)
  .map(([name, { when, example }]) => `| ${named(name)} | ${when} | \`${example}\` |`)
  .join('\n')}

Removed from every answer: ${removed.map(named).join(', ')}.

## What is read of requests

Beside what the contract documents.

| field | what for |
| --- | --- |
${two(read)}

Never passed to handlers and upstreams: ${never.map(named).join(', ')}.

## What the upstream gets

From the gateway; the [guide](../gateway.md) says what else passes.

| field | holds |
| --- | --- |
${two(upstream)}

## What others get

| field | holds |
| --- | --- |
${two(sent)}
`,
  };
}
