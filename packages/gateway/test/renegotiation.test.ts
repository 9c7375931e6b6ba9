// The gateway lets nobody renegotiate, before a request or after one: a connection is of the certificate that opened it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { createAuthority } from '../../guard/test/certificates.ts';
import { before, httpUpstream } from './stage.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Certificates', version: '1' },
  security: [{ certificate: [] }],
  components: { securitySchemes: { certificate: { type: 'mutualTLS' } } },
  paths: {
    '/me': {
      get: { responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } } },
    },
  },
};

for (const first of ['after a request', 'before any'] as const)
  test(`${first} nothing is renegotiated`, { timeout: 60_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
    const authority = createAuthority('Clients');
    t.after(() => {
      authority.close();
      rmSync(folder, { recursive: true });
    });
    const { cert, key } = authority.issue('localhost', { usage: 'serverAuth' });
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), clientCa: join(folder, 'ca.pem') };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
    writeFileSync(files.clientCa, authority.cert);
    const upstream = await httpUpstream(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"seen":true}');
    });
    const { gateway, events } = await before(t, upstream, {
      contract,
      tls: files,
      authentication: { certificate: { certificates: { subject: 'common-name', anyone: true } } },
    });
    const socket = connect({
      port: Number(new URL(gateway.url).port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
      ...authority.issue('ada'),
    });
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    const gone = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    await once(socket, 'secureConnect');
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    if (first === 'after a request') {
      socket.write('GET /me HTTP/1.1\r\nHost: a\r\n\r\n');
      while (!text.includes('{"seen":true}')) await once(socket, 'data');
    }
    let renegotiated = false;
    socket.renegotiate({}, (error) => (renegotiated = error === null));
    socket.write('GET /me HTTP/1.1\r\nHost: a\r\n\r\n');
    await gone;
    assert.equal(renegotiated, false);
    assert.equal(events.length, first === 'after a request' ? 1 : 0);
  });
