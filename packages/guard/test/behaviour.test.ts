// Modes, handlers, CORS and configuration of the guard on node:http, over real sockets.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type GuardEvent } from '@castellan/guard';
import { gzipSync } from 'node:zlib';
import { inPieces, send } from './client.ts';
import { contract } from './contract.ts';
import { authentication, guarded, token } from './guarded.ts';
import { issuer } from './tokens.ts';

const digestOf = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64url').slice(0, 20);

describe('modes', () => {
  test('observe decides and records, and lets everything pass', async () => {
    const server = await guarded({ mode: 'observe' }, (request, response) => {
      response.statusCode = 207;
      response.setHeader('content-type', 'text/plain');
      response.end('as it was');
    });
    try {
      for (const path of ['/v1/orders?limit=1000', '/nowhere']) {
        const answer = await send(server.url, path);
        assert.equal(answer.status, 207);
        assert.equal(answer.text, 'as it was');
      }
      const types = server.events[0]?.unmapped.castellan.observed?.map(({ type }) => type);
      assert.deepEqual(types, ['unauthenticated', 'invalid-request', 'response-withheld']);
      assert.deepEqual(
        server.events[1]?.unmapped.castellan.observed?.map(({ type }) => type),
        ['not-found'],
      );
    } finally {
      await server.close();
    }
  });

  test('observe hands on a body that is too large, whole', async () => {
    const server = await guarded({ mode: 'observe', limits: { maxBody: 10 } }, async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += (chunk as Buffer).length;
      response.end(String(size));
    });
    try {
      const body = JSON.stringify({ name: 'x'.repeat(100_000) });
      assert.equal((await send(server.url, '/v1/orders', { method: 'POST', token, body })).text, String(body.length));
    } finally {
      await server.close();
    }
  });
});

describe('messages and streams', () => {
  test('Connection names no field of the message', async () => {
    const server = await guarded({});
    try {
      for (const connection of ['close, authorization', 'x-anything', 'keep-alive, Content-Type']) {
        const answer = await send(server.url, '/v1/open', { headers: { connection } });
        assert.equal(answer.status, 400, connection);
        assert.equal(server.events.at(-1)?.unmapped.castellan.refused?.reason, 'connection-option');
      }
      for (const connection of ['close', 'keep-alive', 'TE, close'])
        assert.equal((await send(server.url, '/v1/open', { headers: { connection } })).status, 200, connection);
    } finally {
      await server.close();
    }
  });

  test('observe lets every item of a stream pass, and records the first that does not match', async () => {
    const body = '{"n":1}\n{"wrong":true}\n{"wrong":true}\n{"n":4}\n';
    const server = await guarded({ mode: 'observe' }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl' });
      for (const piece of body.match(/.{1,7}/gs) ?? []) response.write(piece);
      response.end();
    });
    try {
      assert.equal((await send(server.url, '/v1/lines/good')).text, body);
      const observed = server.events[0]?.unmapped.castellan.observed?.map(({ reason }) => reason);
      assert.deepEqual(observed, ['item']);
    } finally {
      await server.close();
    }
  });

  test('an item without end is cut at the limit', async () => {
    const server = await guarded({ limits: { maxBody: 1000 } }, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/jsonl' });
      for (let i = 0; i < 100; i++) response.write('x'.repeat(100));
      response.end();
    });
    try {
      await assert.rejects(send(server.url, '/v1/lines/good'), { code: 'ECONNRESET' });
      assert.equal(server.events[0]?.unmapped.castellan.refused?.reason, 'item');
    } finally {
      await server.close();
    }
  });
});

describe('handlers', () => {
  test('a handler that reads the stream itself finds the body that was checked', async () => {
    const server = await guarded({}, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.writeHead(201, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ id: 'x', name: Buffer.concat(chunks).toString() }));
    });
    try {
      const body = '{"name":"Tea"}';
      assert.equal((await send(server.url, '/v1/orders', { method: 'POST', token, body })).json['name'], body);
    } finally {
      await server.close();
    }
  });

  test('the same where the body comes in pieces, ends late, or was compressed', async () => {
    const server = await guarded({}, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.writeHead(201, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ id: 'x', name: digestOf(Buffer.concat(chunks)) }));
    });
    try {
      const body = `{"name":"Tea"${' '.repeat(10_000)}}`;
      const head = `POST /v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
      const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
      for (const pieces of [
        [`${head}Content-Length: ${body.length}\r\n\r\n`, body.slice(0, 5000), body.slice(5000)],
        [`${head}Transfer-Encoding: chunked\r\n\r\n${chunk(body.slice(0, 9))}`, chunk(body.slice(9)), '0\r\n\r\n'],
      ])
        assert.ok((await inPieces(server.url, pieces)).includes(`"name":"${digestOf(body)}"`));
      const answer = await send(server.url, '/v1/orders', {
        method: 'POST',
        token,
        body: gzipSync(body),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      });
      assert.equal(answer.json['name'], digestOf(body));
    } finally {
      await server.close();
    }
  });

  test('a response in pieces is put together, checked and counted', async () => {
    const server = await guarded({}, (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
      response.write('{"li');
      response.write(Buffer.from('mit":'));
      response.end('5}');
    });
    try {
      const answer = await send(server.url, '/v1/orders', { token });
      assert.deepEqual(answer.json, { limit: 5 });
      assert.equal(answer.headers['content-length'], '11');
    } finally {
      await server.close();
    }
  });

  test('a response over the limit is withheld', async () => {
    const server = await guarded({ limits: { maxResponse: 1000 } }, (request, response) => {
      response.setHeader('content-type', 'application/json');
      for (let i = 0; i < 100; i++) response.write(' '.repeat(100));
      response.end('{}');
    });
    try {
      assert.equal((await send(server.url, '/v1/orders', { token })).status, 500);
      assert.equal(server.events[0]?.unmapped.castellan.refused?.reason, 'response-over-limit');
    } finally {
      await server.close();
    }
  });

  test('a rejected promise is a 500, and an aborted caller is still recorded', async () => {
    const server = await guarded({}, async () => {
      throw new Error('secret inside');
    });
    try {
      const answer = await send(server.url, '/v1/open');
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.text, /secret/);
      const failure = server.events[0]?.unmapped.castellan.failure ?? '';
      assert.match(failure, /^Error\n +at /);
      assert.doesNotMatch(failure, /secret/);
    } finally {
      await server.close();
    }
  });
});

describe('CORS', () => {
  test('exact origins only, preflight answered without a credential', async () => {
    const server = await guarded({ cors: { origins: ['https://app.example.com'], credentials: true } });
    try {
      const preflight = (origin: string) =>
        send(server.url, '/v1/orders', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'GET' },
        });
      assert.equal(
        (await preflight('https://app.example.com')).headers['access-control-allow-origin'],
        'https://app.example.com',
      );
      assert.equal(
        (await preflight('https://app.example.com.evil.example')).headers['access-control-allow-origin'],
        undefined,
      );
      assert.equal((await preflight('null')).headers['access-control-allow-origin'], undefined);
      const answer = await send(server.url, '/v1/open', { headers: { origin: 'https://app.example.com' } });
      assert.equal(answer.headers['access-control-allow-origin'], 'https://app.example.com');
      assert.equal(answer.headers['vary'], 'Origin');
    } finally {
      await server.close();
    }
    await assert.rejects(guarded({ cors: { origins: ['*'], credentials: true } }), { code: 'bad-cors' });
  });
});

describe('configuration', () => {
  test('what cannot be right is refused with one line', async () => {
    await assert.rejects(guarded({ authentication: {} }), { code: 'unconfigured-scheme' });
    await assert.rejects(guarded({ authentication: { ...authentication, tokem: authentication.token } }), {
      code: 'unknown-scheme',
    });
    await assert.rejects(guarded({ limits: { perAddress: '10 per minute' } }), { code: 'bad-rate' });
    await assert.rejects(guarded({ limit: {} } as never), { code: 'unknown-option' });
    await assert.rejects(guarded({ audit: { file: '/nonexistent/audit.log' } }), { code: 'audit-file' });
    await assert.rejects(guarded({ authentication: { token: { issuer, audience: '' } } }), {
      code: 'bad-authentication',
    });
  });

  test('the audit file gets one private line per request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
    const file = join(folder, 'audit.log');
    const server = await guarded({ audit: { file } });
    try {
      for (let i = 0; i < 5; i++) await send(server.url, '/v1/open');
    } finally {
      await server.close();
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 5);
    for (const line of lines) assert.equal((JSON.parse(line) as GuardEvent).http_response.code, 200);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    rmSync(folder, { recursive: true });
  });

  test('a contract that is broken on reload changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(contract));
    const server = await guarded({ contract: file });
    try {
      writeFileSync(file, '{"openapi": "3.1.0", "info": ');
      await assert.rejects(server.guard.reload(), /openapi\.json:1/);
      assert.equal((await send(server.url, '/v1/open')).status, 200);
      writeFileSync(file, JSON.stringify({ ...contract, paths: { '/v1/new': contract.paths['/v1/open'] } }));
      await server.guard.reload();
      assert.equal((await send(server.url, '/v1/open')).status, 404);
      assert.equal((await send(server.url, '/v1/new')).status, 200);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('the type of every problem resolves on the same server', async () => {
    const server = await guarded({});
    try {
      const refused = await send(server.url, '/v1/orders');
      const page = await send(server.url, String(refused.json['type']).split('#')[0] ?? '');
      assert.equal(page.status, 200);
      assert.match(page.text, /id="unauthenticated"/);
    } finally {
      await server.close();
    }
  });
});
