import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CastellanError, parseJson } from '@castellan/contract';
import type { Guard } from '../guard.ts';
import { BadQuestion, QuestionSize, readQuestion, readSearch, recordOf, TooMuch } from './request.ts';
import { Slices, TooLong } from './slices.ts';

/** How the decision endpoint is set up. */
export interface AuthzenOptions {
  /** Keys of the services that may ask, each of at least 16 characters; sent as `Authorization: Bearer KEY`. */
  readonly keys: readonly string[];
  /** The address of this endpoint, for its metadata: `https://pdp.example.com`. */
  readonly origin?: string | undefined;
}

const maxBytes = 1024 * 1024;
const maxEvaluations = 1000;
const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

/**
 * The guard's policies as a Policy Decision Point of OpenID AuthZEN Authorization API 1.0, so that services in any
 * language can ask: `/access/v1/evaluation`, `/access/v1/evaluations`, `/access/v1/search/action` and the metadata under
 * `/.well-known/authzen-configuration`. Subjects are of type `User`, actions are operationIds, resource types are those of
 * the contract.
 *
 * @example
 * ```ts
 * createServer(authzen(guard, { keys: [process.env.PDP_KEY] })).listen(8282);
 * ```
 * @throws CastellanError `no-policies`, `bad-option`
 */
export function authzen(guard: Guard, options: AuthzenOptions): RequestListener {
  if (!guard.decides)
    throw new CastellanError({
      code: 'no-policies',
      message: 'the guard has no policies to decide with',
      mend: 'give createGuard the option policies',
    });
  if (options.keys.length === 0 || options.keys.some((key) => typeof key !== 'string' || key.length < 16))
    throw new CastellanError({
      code: 'bad-option',
      message: 'keys must hold at least one key, each of at least 16 characters',
      mend: 'make one with: openssl rand -base64 24',
    });
  const digests = options.keys.map(digest);
  guard.start();
  return (request, response) => {
    respond(guard, options, digests, request).then(
      (answer) => send(request, response, answer),
      () => send(request, response, { status: 500, body: 'the question could not be decided' }),
    );
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function respond(
  guard: Guard,
  { origin }: AuthzenOptions,
  digests: readonly Buffer[],
  request: IncomingMessage,
): Promise<Answer> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (path === '/.well-known/authzen-configuration' && request.method === 'GET') {
    const at = origin ?? `http://${request.headers.host ?? ''}`;
    return { status: 200, body: metadata(at) };
  }
  const serve = endpoints.get(path);
  if (serve === undefined) return { status: 404, body: 'not found' };
  if (request.method !== 'POST') return { status: 405, body: 'use POST', headers: { allow: 'POST' } };
  if (!isKnown(request.headers.authorization, digests))
    return { status: 401, body: 'unauthorized', headers: { 'www-authenticate': 'Bearer' } };
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    return { status: 400, body: 'send application/json' };
  const bytes = await readBody(request);
  if (bytes === undefined) return { status: 413, body: `at most ${maxBytes} bytes` };
  const parsed = parseJson(bytes, { maxBytes, maxDepth: 32, maxNodes: 25_000, maxString: 65_536, maxParts: 0 });
  if (!('value' in parsed)) return { status: 400, body: 'the body is not JSON, or holds too much' };
  try {
    return { status: 200, body: await serve(guard, parsed.value) };
  } catch (error) {
    if (error instanceof TooMuch) return { status: 413, body: error.message };
    if (error instanceof TooLong)
      return { status: 503, body: 'the questions take too long: ask fewer at once', headers: { 'retry-after': '5' } };
    if (error instanceof BadQuestion) return { status: 400, body: error.message };
    throw error;
  }
}

type Serve = (guard: Guard, json: unknown) => Promise<unknown>;

const evaluation: Serve = async (guard, json) => ({
  decision: await guard.evaluate(readQuestion(json, new QuestionSize())),
});

const evaluations: Serve = async (guard, json) => {
  const whole = recordOf(json, 'the request');
  const { evaluations: list } = whole;
  if (list === undefined || (Array.isArray(list) && list.length === 0)) return evaluation(guard, json);
  if (!Array.isArray(list) || list.length > maxEvaluations)
    throw new BadQuestion(`evaluations is not a list of at most ${maxEvaluations}`);
  const options = whole['options'] === undefined ? {} : recordOf(whole['options'], 'options');
  const semantic = options['evaluations_semantic'] ?? 'execute_all';
  if (!semantics.some((known) => known === semantic))
    throw new BadQuestion(`evaluations_semantic is none of ${semantics.join(', ')}`);
  const slices = new Slices();
  const size = new QuestionSize();
  const decisions: object[] = [];
  for (const item of list as unknown[]) {
    await slices.pause();
    const decision = await one(guard, item, whole, size);
    decisions.push(decision);
    if (semantic === 'deny_on_first_deny' && !decision.decision) break;
    if (semantic === 'permit_on_first_permit' && decision.decision) break;
  }
  return { evaluations: decisions };
};

async function one(
  guard: Guard,
  item: unknown,
  defaults: Readonly<Record<string, unknown>>,
  size: QuestionSize,
): Promise<{ readonly decision: boolean; readonly context?: object }> {
  try {
    return { decision: await guard.evaluate(readQuestion(item, size, defaults)) };
  } catch (error) {
    if (!(error instanceof BadQuestion) || error instanceof TooMuch) throw error;
    return { decision: false, context: { error: { status: 400, message: error.message } } };
  }
}

const searchAction: Serve = async (guard, json) => ({
  results: (await guard.actions(readSearch(json, new QuestionSize()))).map((name) => ({ name })),
});

const endpoints: ReadonlyMap<string, Serve> = new Map([
  ['/access/v1/evaluation', evaluation],
  ['/access/v1/evaluations', evaluations],
  ['/access/v1/search/action', searchAction],
]);

function metadata(origin: string): object {
  return {
    policy_decision_point: origin,
    access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
    access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
    search_action_endpoint: `${origin}/access/v1/search/action`,
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function isKnown(authorization: string | undefined, digests: readonly Buffer[]): boolean {
  const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return false;
  const given = digest(key);
  return digests.some((known) => timingSafeEqual(known, given));
}

function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve(undefined);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const id = request.headers['x-request-id'];
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // Nothing more is read from somebody who was refused before the end of the body.
    ...(status === 413 || status === 401 ? { connection: 'close' } : {}),
    ...(typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? { 'x-request-id': id } : {}),
    ...headers,
  });
  response.end(text);
}
