import { loadContract, type Contract, type Operation, type Parameter } from '@castellan/contract';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { valuesOf } from '../../conformance/traffic/values.ts';

type Json = Readonly<Record<string, unknown>>;

/** An honest call, made of a document's own examples and of what generators make of its schemas. */
export interface Call {
  readonly operationId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The document as parsed, and its contract. */
export async function open(file: string): Promise<{ readonly contract: Contract; readonly document: Json }> {
  const contract = await loadContract(file);
  return { contract, document: contract.document };
}

function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, token) => Object(node)[token.replaceAll('~1', '/').replaceAll('~0', '~')] as unknown,
      document,
    );
}

/** At most `most` calls of each operation. */
export async function callsOf(contract: Contract, document: Json, most: number): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (const [seed, operation] of contract.operations.entries()) {
    // No client of today can send it.
    if (operation.method === 'TRACE') continue;
    const bodies = await bodiesOf(operation, document, seed);
    for (const { type, text } of bodies.slice(0, most)) {
      const call = await callOf(contract, document, operation, type, text, seed);
      if (call !== undefined) calls.push(call);
    }
  }
  return calls;
}

async function bodiesOf(
  operation: Operation,
  document: Json,
  seed: number,
): Promise<readonly { type?: string; text?: string }[]> {
  const found: { type?: string; text?: string }[] = [];
  for (const media of operation.body?.content ?? []) {
    if (!/json/.test(media.type) || media.schema === undefined) continue;
    const node = {
      ...Object(at(document, media.location.pointer)),
      schema: at(document, media.schema.location.pointer),
    } as Json;
    for (const { value } of await valuesOf(document, node, 'request', seed))
      found.push({ type: media.type.replace('*', 'json'), text: JSON.stringify(value) });
  }
  return operation.body === undefined || !operation.body.required ? [...found, {}] : found;
}

/** Undefined where nobody can make a value of a required parameter. */
async function callOf(
  contract: Contract,
  document: Json,
  operation: Operation,
  type: string | undefined,
  body: string | undefined,
  seed: number,
): Promise<Call | undefined> {
  let { path } = operation;
  const query = new URLSearchParams();
  const headers: Record<string, string> = { accept: '*/*' };
  for (const parameter of operation.parameters) {
    const wanted = parameter.in === 'path' || parameter.required || hasExample(document, parameter);
    if (!wanted) continue;
    const value = await valueOf(parameter, document, seed);
    if (value === undefined) {
      if (parameter.required) return undefined;
      continue;
    }
    if (parameter.in === 'path') path = path.replaceAll(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query') query.append(parameter.name, value);
    else if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = value;
  }
  if (type !== undefined) headers['content-type'] = type;
  for (const scheme of contract.securitySchemes.values())
    if (scheme.type === 'apiKey' && scheme.in === 'header') headers[scheme.key.toLowerCase()] = 'a-key-of-somebody';
    else if (scheme.type === 'apiKey' && scheme.in === 'query') query.append(scheme.key, 'a-key-of-somebody');
    else if (scheme.type === 'apiKey') headers['cookie'] = `${scheme.key}=a-key-of-somebody`;
    else if (scheme.type !== 'mutualTLS')
      headers['authorization'] =
        scheme.type === 'http' && scheme.scheme === 'basic' ? `Basic ${btoa('a:b')}` : 'Bearer a-token';
  const server = (operation.servers ?? contract.servers)[0];
  const text = query.toString();
  return {
    operationId: operation.operationId,
    method: operation.method,
    url: `https://api.example.com${server?.basePath ?? ''}${path}${text === '' ? '' : `?${text}`}`,
    headers,
    body,
  };
}

function hasExample(document: Json, { location }: Parameter): boolean {
  const raw = Object(at(document, location.pointer)) as Json;
  const schema = Object(raw['schema']) as Json;
  return [raw['example'], schema['example'], schema['default']].some((value) => value !== undefined);
}

async function valueOf({ location, schema }: Parameter, document: Json, seed: number): Promise<string | undefined> {
  const raw = Object(at(document, location.pointer)) as Json;
  const made = await valuesOf(
    document,
    { ...raw, schema: schema === undefined ? { type: 'string' } : at(document, schema.location.pointer) },
    'request',
    seed,
  );
  const value = made.map((one) => one.value).find((one) => one !== undefined && one !== null && one !== '');
  if (value === undefined) return undefined;
  return Array.isArray(value)
    ? String(value[0] ?? '') || undefined
    : typeof value === 'object'
      ? undefined
      : String(value as string);
}

/**
 * Asks a guard of the contract whether it lets calls in: one each hour, so that no pace is exceeded. Credentials are checked by
 * what is behind it.
 * @returns for each call the status of its refusal, or undefined
 */
export async function refusals(contract: Contract, calls: readonly Call[]): Promise<readonly (string | undefined)[]> {
  let now = Date.parse('2026-11-25T00:00:00Z');
  const authentication = Object.fromEntries(
    [...contract.securitySchemes]
      .filter(([, { type }]) => type !== 'mutualTLS')
      .map(([name]) => [name, { upstream: true as const }]),
  );
  const guard = await createGuard({ contract, authentication, clock: () => now, onEvent: () => {} });
  let reached = false;
  const handle = fetchGuard(guard, () => {
    reached = true;
    return new Response(null, { status: 204 });
  });
  const found: (string | undefined)[] = [];
  for (const { url, method, headers, body } of calls) {
    reached = false;
    now += 3_600_000;
    const response = await handle(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }), {
      remoteAddress: '203.0.113.7',
      encrypted: true,
    });
    found.push(reached ? undefined : `${response.status} ${(await response.text()).slice(0, 300)}`);
  }
  await guard.end();
  return found;
}
