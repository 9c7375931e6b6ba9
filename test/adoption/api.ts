// One small API behind each server, and what is asked of it beside each piece of other software.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';

/** What a handler finds, whichever framework it is of. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly file?: Buffer | undefined;
  readonly session?: Record<string, unknown> | undefined;
  readonly user?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly json: unknown;
}

const json = (schema: object): object => ({ 'application/json': { schema } });
const answer = json({ type: 'object', properties: { text: { type: 'string' } } });
const responses = { 200: { description: 'ok', content: answer } };
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } };
const cookie = { name: 'limit', in: 'query', schema: { type: 'integer' } };

export const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': {
      get: { operationId: 'listNotes', parameters: [cookie], responses },
      post: { operationId: 'createNote', requestBody: { required: true, content: json(text) }, responses },
    },
    '/files': {
      post: {
        operationId: 'upload',
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
              },
            },
          },
        },
        responses,
      },
    },
    '/session': { get: { operationId: 'getSession', responses }, post: { operationId: 'signIn', responses } },
    '/me': { get: { operationId: 'me', security: [{ token: [] }], responses } },
    '/live': { get: { operationId: 'live', 'x-castellan': { upgrade: 'websocket' }, responses } },
    '/fails': { get: { operationId: 'fails', responses } },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

/** A mistake that the error handler of an application answers. */
export class Taken extends Error {}

export function handle({ method, path, body, file, session, user }: Call): Reply {
  const said = (value: unknown, more: object = { secret: 1 }): Reply => ({
    status: 200,
    json: { text: String(value), ...more },
  });
  if (path === '/fails') throw new Taken('inside');
  if (path === '/notes')
    return method === 'POST' ? said((body as { text: unknown }).text) : said('note '.repeat(400), {});
  if (path === '/files') return said(file?.toString());
  if (path === '/me') return said(user);
  if (path !== '/session') return { status: 404, json: { message: 'none' } };
  if (method === 'POST' && session !== undefined) session['name'] = 'ada';
  return said(session?.['name']);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request on its own connection. */
function ask(url: string, path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${url}${path}`,
      {
        method,
        agent: false,
        headers: { ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const plain = response.headers['content-encoding'] === 'gzip' && bytes.length > 0 ? gunzipSync(bytes) : bytes;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: plain.toString() });
        });
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const origin = 'https://app.example';
const good = (text_: string): string => JSON.stringify({ text: text_ });
const note = 'note '.repeat(400);
const post = (body: string, type = 'application/json'): Ask => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
});

/** What must be so where the software stands beside the guard. What is undocumented (`secret`) never leaves. */
export const checks: Readonly<Record<string, (url: string) => Promise<void>>> = {
  async CORS(url) {
    const preflight = await ask(url, '/notes', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    assert.ok(preflight.status === 200 || preflight.status === 204, `preflight ${preflight.status}`);
    assert.match(String(preflight.headers['access-control-allow-methods']), /POST/);
    for (const path of ['/notes', '/notes?limit=x', '/nothing']) {
      const { headers } = await ask(url, path, { headers: { origin } });
      assert.equal(headers['access-control-allow-origin'], origin, path);
    }
  },
  async 'security fields'(url) {
    for (const path of ['/notes', '/notes?limit=x', '/nothing']) {
      const { headers } = await ask(url, path);
      assert.equal(headers['x-dns-prefetch-control'], 'off', path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
    }
  },
  async compression(url) {
    const { headers, body, status } = await ask(url, '/notes', { headers: { 'accept-encoding': 'gzip' } });
    assert.deepEqual([status, headers['content-encoding'], body], [200, 'gzip', good(note)]);
    assert.equal((await ask(url, '/notes?limit=x', { headers: { 'accept-encoding': 'gzip' } })).status, 400);
  },
  async 'body parsers'(url) {
    const { status, body } = await ask(url, '/notes', post('{ "text": "é" }'));
    assert.deepEqual([status, body], [200, good('é')]);
    assert.equal((await ask(url, '/notes', post('{"text":"a","isAdmin":true}'))).status, 400);
  },
  async uploads(url) {
    const part =
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\nbytes\r\n--x--\r\n';
    const { status, body } = await ask(url, '/files', post(part, 'multipart/form-data; boundary=x'));
    assert.deepEqual([status, body], [200, good('bytes')]);
  },
  async sessions(url) {
    const signedIn = await ask(url, '/session', { method: 'POST' });
    assert.deepEqual([signedIn.status, signedIn.body], [200, good('ada')]);
    const set = (signedIn.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
    const { body } = await ask(url, '/session', { headers: { cookie: set } });
    assert.equal(body, good('ada'));
    assert.equal((await ask(url, '/session')).body, good('undefined'));
  },
  async passport(url) {
    const { status, body } = await ask(url, '/me', { headers: { authorization: 'Bearer of-ada' } });
    assert.deepEqual([status, body], [200, good('ada')]);
    assert.equal((await ask(url, '/me', { headers: { authorization: 'Bearer wrong' } })).status, 401);
    assert.equal((await ask(url, '/me')).status, 401);
  },
  async 'Swagger UI'(url) {
    const { status, headers, body } = await ask(url, '/docs/');
    assert.equal(status, 200);
    assert.match(body, /<html/i);
    assert.equal(headers['content-security-policy'], undefined);
    assert.equal((await ask(url, '/nothing')).status, 404);
  },
  async 'static files'(url) {
    const { status, headers, body } = await ask(url, '/assets/app.js');
    assert.deepEqual([status, body], [200, 'let a;\n']);
    assert.match(String(headers['content-type']), /javascript/);
    assert.equal((await ask(url, '/assets/../notes')).status, 200);
    assert.equal((await ask(url, '/assets/none.js')).status, 404);
  },
  async 'rate limiters'(url) {
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) statuses.push((await ask(url, '/notes')).status);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
  },
  async 'request ids'(url) {
    for (const path of ['/notes', '/notes?limit=x']) {
      const { rawId, headers } = await idOf(url, path);
      assert.equal(rawId, 'mine-1', path);
      assert.equal(typeof headers['x-request-id'], 'string');
    }
  },
  async 'error handlers'(url) {
    const { status, body } = await ask(url, '/fails');
    assert.equal(status, 409);
    assert.doesNotMatch(body, /inside/);
    assert.match(body, /taken/);
  },
};

async function idOf(url: string, path: string): Promise<{ rawId: unknown; headers: IncomingHttpHeaders }> {
  const { headers } = await ask(url, path, { headers: { 'x-correlation-id': 'mine-1' } });
  return { rawId: headers['x-correlation-id'], headers };
}
