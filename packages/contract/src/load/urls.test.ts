import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract, type LoadOptions } from './load-contract.ts';

const open: { close(): void; closeAllConnections(): void }[] = [];
after(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

/** An HTTP server on a free port, and its address without a trailing slash. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function files(contents: Readonly<Record<string, string>>): RequestListener {
  return (request, response) => {
    const text = contents[request.url ?? ''];
    response.statusCode = text === undefined ? 404 : 200;
    response.end(text);
  };
}

function refuses(code: string, message: RegExp, input: string, options: LoadOptions = {}): Promise<void> {
  return assert.rejects(loadContract(input, options), (error) => {
    assert.ok(error instanceof CastellanError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

const document = (ref: string) => `openapi: 3.1.0
info: { title: Remote, version: "1" }
paths: {}
components:
  schemas:
    A:
      $ref: '${ref}'
`;

test('a URL is fetched because the user named it, and what it refers to on its own origin', async () => {
  const base = await serve(
    files({ '/v1/api.yaml': document('../parts.json#/A'), '/parts.json': '{"A":{"type":"string"}}' }),
  );
  const contract = await loadContract(`${base}/v1/api.yaml`);
  assert.equal(contract.title, 'Remote');
  assert.deepEqual(contract.documents, [`${base}/v1/api.yaml`, `${base}/parts.json`]);
  assert.deepEqual(contract.place({ document: `${base}/v1/api.yaml`, pointer: '/components/schemas/A' }), {
    file: `${base}/v1/api.yaml`,
    line: 6,
    column: 5,
  });
});

test('another host is only reached when that was allowed', async () => {
  const other = await serve(files({ '/a.json': '{"type":"string"}' }));
  const base = await serve(files({ '/api.yaml': document(`${other}/a.json`) }));
  await refuses('url-not-allowed', /api\.yaml:7:7: .*to 127\.0\.0\.1:\d+/, `${base}/api.yaml`);
  assert.equal((await loadContract(`${base}/api.yaml`, { allowUrls: true })).documents.length, 2);
});

test('a document from the network never reaches files', async () => {
  const base = await serve(files({ '/api.yaml': document('file:///etc/hostname') }));
  await refuses('reference-refused', /from the network refers to a file/, `${base}/api.yaml`, { allowUrls: true });
});

test('redirects are followed, but not for ever, and not to other protocols', async () => {
  const base = await serve((request, response) => {
    const hops = Number(request.url?.slice(1));
    if (request.url === '/ftp') response.writeHead(302, { location: 'file:///etc/hostname' }).end();
    else if (hops > 0) response.writeHead(302, { location: `/${hops - 1}` }).end();
    else response.end('openapi: 3.1.0\ninfo: { title: Remote, version: "1" }\npaths: {}\n');
  });
  assert.equal((await loadContract(`${base}/5`)).title, 'Remote');
  await refuses('too-many-redirects', /more than 5 redirects/, `${base}/6`);
  await refuses('redirect-refused', /not http or https/, `${base}/ftp`);
});

test('failures of the network are one clear line', async () => {
  const base = await serve((request, response) => {
    if (request.url === '/endless') {
      response.write('a'.repeat(100_000));
      return;
    }
    if (request.url === '/silent') return;
    response.statusCode = 403;
    response.end('s3cret');
  });
  await refuses('http-error', /the server answered 403; download it/, `${base}/a`);
  await refuses('document-too-large', /larger than 1000 bytes/, `${base}/endless`, { limits: { maxBytes: 1000 } });
  await refuses('document-timeout', /within 50 ms/, `${base}/silent`, { limits: { timeout: 50 } });
  await refuses('document-unreachable', /cannot be reached/, 'http://127.0.0.1:1/a');
});
