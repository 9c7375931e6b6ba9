import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createDetection } from '../detection.ts';
import { detectors } from '../detectors/index.ts';
import type { Incident } from '../incidents/incident.ts';
import { ordinaryDays, sequenceFacts } from '../sequence-world.ts';
import { Notifier } from './notifier.ts';
import { syslogMessage } from './syslog.ts';

const now = Date.UTC(2026, 2, 7);
const attack = detectors.find(({ id }) => id === 'object-enumeration')?.bad[0];
assert.ok(attack !== undefined);
const detection = createDetection({ seed: 1 });
for (const facts of [...ordinaryDays(), ...sequenceFacts(attack)]) detection.sink(facts);
const [found] = detection.incidents;
assert.ok(found !== undefined);
const incident: Incident = found;

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function notifier(options: ConstructorParameters<typeof Notifier>[0]) {
  const failures: string[] = [];
  const waited: number[] = [];
  const made = new Notifier(options, (error) => failures.push(String(error)), {
    fetch,
    clock: () => now,
    wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
    patience: 10_000,
  });
  return { made, failures, waited };
}

test('a webhook gets the finding, signed; what is not taken is sent again', async (t) => {
  const secret = 'a secret of some length';
  const got: { readonly headers: Record<string, unknown>; readonly body: string }[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += String(piece)));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.statusCode = got.length < 3 ? 503 : 204;
      response.end();
    });
  });
  const port = await listen(t, server);
  const { made, failures, waited } = notifier({ webhook: { url: `http://127.0.0.1:${port}/in`, secret } });
  await made.tell(incident, 'opened');
  assert.deepEqual(failures, []);
  assert.deepEqual(waited, [1000, 10_000]);
  const { headers, body } = got[2] ?? { headers: {}, body: '' };
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  assert.equal(headers['webhook-timestamp'], String(now / 1000));
  assert.equal((JSON.parse(body) as { class_uid: number }).class_uid, 2004);
});

test('a webhook that refuses is not asked again, and a failure is told', async (t) => {
  let asked = 0;
  const port = await listen(
    t,
    createHttpServer((_, response) => {
      asked += 1;
      response.statusCode = 400;
      response.end();
    }),
  );
  const { made, failures } = notifier({ webhook: { url: `http://127.0.0.1:${port}/`, secret: 'x'.repeat(16) } });
  await made.tell(incident, 'opened');
  assert.equal(asked, 1);
  assert.match(failures[0] ?? '', /the webhook of detect\.notify did not get incident \S+ \(opened\): it answered 400/);
});

test('syslog: a frame with its length, priority by severity, structured data that cannot be left', async (t) => {
  let got = '';
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const port = await listen(
    t,
    createServer((socket) => {
      socket.on('data', (piece) => (got += String(piece)));
      socket.on('end', resolve);
    }),
  );
  const { made, failures } = notifier({ syslog: { host: '127.0.0.1', port, tls: false } });
  await made.tell(incident, 'opened');
  await ended;
  assert.deepEqual(failures, []);
  const [, length, message = ''] = /^(\d+) ([^]*)$/.exec(got) ?? [];
  assert.equal(Number(length), Buffer.byteLength(message));
  assert.match(message, /^<107>1 2026-03-07T00:00:00\.000Z \S+ castellan \d+ incident \[incident@32473 id="/);
  assert.doesNotMatch(message, /\n/);
  const evil = syslogMessage({ ...incident, id: 'a"] [x y="\n' }, {}, now);
  assert.ok(evil.includes('id="a\\"\\] [x y=\\"'));
});

/** A mail server that speaks the least of RFC 5321. */
function mailServer(mails: string[], greeting = '250 OK'): Server {
  return createServer((socket: Socket) => {
    let data: string | undefined;
    let rest = '';
    socket.write('220 here\r\n');
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      const lines = (rest + String(piece)).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data !== undefined) {
          if (line === '.') {
            mails.push(data);
            data = undefined;
            socket.write('250 taken\r\n');
          } else data += `${line}\n`;
        } else if (line.startsWith('EHLO')) socket.write(`250-here\r\n${greeting}\r\n`);
        else if (line === 'DATA') {
          data = '';
          socket.write('354 go on\r\n');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else {
          mails.push(line);
          socket.write('250 OK\r\n');
        }
      }
    });
  });
}

test('mail: people are told of what opens, in words', async (t) => {
  const mails: string[] = [];
  const port = await listen(t, mailServer(mails));
  const mail = {
    host: '127.0.0.1',
    port,
    from: 'castellan@example.com',
    to: ['ops@example.com', 'two@example.com'],
    security: 'none' as const,
  };
  const { made, failures } = notifier({ mail });
  await made.tell(incident, 'opened');
  await made.tell(incident, 'updated');
  assert.deepEqual(failures, []);
  assert.deepEqual(mails.slice(0, 3), [
    'MAIL FROM:<castellan@example.com>',
    'RCPT TO:<ops@example.com>',
    'RCPT TO:<two@example.com>',
  ]);
  assert.equal(mails.length, 4);
  const [head = '', body = ''] = (mails[3] ?? '').split('\n\n');
  assert.match(head, /^From: castellan@example\.com$/m);
  assert.match(Buffer.from(body, 'base64').toString(), /^HIGH Objects are enumerated \(principal user3\)/);
});

test('mail goes over TLS or not at all, and no address adds a command', async (t) => {
  const mails: string[] = [];
  const port = await listen(t, mailServer(mails));
  const mail = { host: '127.0.0.1', port, from: 'castellan@example.com', to: ['ops@example.com'] };
  const plain = notifier({ mail });
  await plain.made.tell(incident, 'opened');
  assert.match(plain.failures[0] ?? '', /offers no STARTTLS/);
  const evil = notifier({ mail: { ...mail, security: 'none', to: ['a@b>\r\nRCPT TO:<c@d'] } });
  await evil.made.tell(incident, 'opened');
  assert.match(evil.failures[0] ?? '', /is no mail address/);
  const secret = notifier({ mail: { ...mail, security: 'none', user: 'me', password: 'secret' } });
  await secret.made.tell(incident, 'opened');
  assert.match(secret.failures[0] ?? '', /only go over TLS/);
  assert.ok(!mails.join('\n').includes('c@d'));
});
