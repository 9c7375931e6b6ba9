// Streams, parts, uploads, fields and callers that go away: one behaviour, every framework, over real sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard, type GuardEvent } from '@castellan/guard';
import { servers, type Started } from './adapters/servers.ts';
import { send } from './client.ts';
import { contract } from './contract.ts';
import { authentication } from './guarded.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

function upload(picture: Uint8Array, boundary = 'b'): Buffer {
  const head = (name: string, more = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  return Buffer.concat([
    Buffer.from(`${head('title')}\r\nA picture\r\n`),
    Buffer.from(`${head('picture', '; filename="a.png"')}Content-Type: image/png\r\n\r\n`),
    picture,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** Reads an answer as far as it comes: its text, and whether it came to its end. */
function readStream(url: string): Promise<{ text: string; whole: boolean; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent: false }, (response) => {
      let text = '';
      const done = (): void => resolve({ text, whole: response.complete, headers: response.headers });
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', done);
      response.on('error', done);
    })
      .on('error', reject)
      .end();
  });
}

for (const [name, start] of Object.entries(servers)) {
  describe(`${name}: bodies`, () => {
    let guard: Guard;
    let server: Started;
    let recorded: () => Promise<GuardEvent>;

    before(async () => {
      const waiting: ((event: GuardEvent) => void)[] = [];
      const events: GuardEvent[] = [];
      recorded = () => {
        const event = events.shift();
        return event === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(event);
      };
      guard = await createGuard({
        contract,
        authentication,
        cors: { origins: ['https://app.example.com'] },
        onEvent(event) {
          const next = waiting.shift();
          if (next === undefined) events.push(event);
          else next(event);
        },
      });
      server = await start(guard);
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    test('items stream through, each checked, whatever the chunks are', async () => {
      const answer = await readStream(`${server.url}/v1/lines/good`);
      assert.equal(answer.text, '{"n":1}\n{"n":2}\n{"n":3}');
      assert.equal(answer.whole, true);
      assert.match(String(answer.headers['content-type']), /^application\/jsonl/);
      assert.equal((await recorded()).unmapped.castellan.refused, undefined);
    });

    test('server-sent events stream through', async () => {
      const answer = await readStream(`${server.url}/v1/lines/events`);
      assert.equal(answer.text, ': hello\n\nevent: tick\ndata: 1\n\n');
      await recorded();
    });

    test('an item that does not match cuts the stream before it', async () => {
      const answer = await readStream(`${server.url}/v1/lines/broken`);
      assert.equal(answer.whole, false);
      assert.doesNotMatch(answer.text, /secret|"n":4/);
      const event = await recorded();
      assert.equal(event.unmapped.castellan.refused?.reason, 'item');
    });

    test('a caller that goes away ends the stream, and is recorded', async () => {
      const outgoing = httpRequest(`${server.url}/v1/lines/endless`, { agent: false });
      outgoing.on('error', () => {});
      outgoing.end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.on('error', () => {});
      await once(response, 'data');
      response.destroy();
      const event = await recorded();
      assert.equal(event.api.operation, 'getLines');
      assert.equal(event.unmapped.castellan.failure, undefined);
      assert.equal((await send(server.url, '/v1/open')).status, 200);
      await recorded();
    });

    test('a file arrives as its bytes; what is no picture is refused', async () => {
      const type = { 'content-type': 'multipart/form-data; boundary=b' };
      const good = await send(server.url, '/v1/uploads', { method: 'POST', body: upload(png), headers: type });
      assert.equal(good.status, 201, good.text);
      assert.deepEqual(good.json, { title: 'A picture', name: 'a.png', size: png.length });
      await recorded();
      const fake = Buffer.from('<script>alert(1)</script>');
      const bad = await send(server.url, '/v1/uploads', { method: 'POST', body: upload(fake), headers: type });
      assert.equal(bad.status, 400);
      assert.match(bad.text, /"pointer":"\/picture"/);
      await recorded();
    });

    test('header fields of responses are as documented, or nothing leaves', async () => {
      const good = await send(server.url, '/v1/total?total=5');
      assert.equal(good.status, 200);
      assert.equal(good.headers['x-total'], '5');
      await recorded();
      for (const query of ['', '?total=many', '?total=-1']) {
        const bad = await send(server.url, `/v1/total${query}`);
        assert.equal(bad.status, 500);
        assert.equal(bad.headers['x-total'], undefined);
        assert.equal((await recorded()).unmapped.castellan.refused?.reason, 'header-field');
      }
    });

    test('a part of a file is 206 with its range, an unchanged one 304 without a body', async () => {
      const part = await send(server.url, '/v1/part', { headers: { range: 'bytes=1-2' } });
      assert.equal(part.status, 206);
      assert.equal(part.text, 'yt');
      assert.equal(part.headers['content-range'], 'bytes 1-2/5');
      const cached = await send(server.url, '/v1/cached', { headers: { 'if-none-match': '"v1"' } });
      assert.equal(cached.status, 304);
      assert.equal(cached.text, '');
      assert.equal(cached.headers['etag'], '"v1"');
      await recorded();
      await recorded();
    });

    test('HEAD has the fields of GET and no body', async () => {
      const head = await send(server.url, '/v1/total?total=5', { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.headers['x-total'], '5');
      assert.equal(head.text, '');
      await recorded();
    });

    test('only origins that are named may read answers', async () => {
      const named = await send(server.url, '/v1/open', { headers: { origin: 'https://app.example.com' } });
      assert.equal(named.headers['access-control-allow-origin'], 'https://app.example.com');
      const other = await send(server.url, '/v1/open', { headers: { origin: 'https://evil.example' } });
      assert.equal(other.headers['access-control-allow-origin'], undefined);
      await recorded();
      await recorded();
    });
  });
}
