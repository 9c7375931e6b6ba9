// A target that answers whatever it likes: the scan ends, is led nowhere, and proves nothing by it.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { loadContract } from '@castellan/contract';
import { reportOf, scan, textOf } from '@castellan/scan';
import { document, tokenFor } from './ledger.ts';

const contract = await loadContract(structuredClone(document));
const identities = ['ada', 'bob'].map((name) => ({
  name,
  credentials: new Map([['*', tokenFor(name)]]),
  mayNot: new Set(['listPeople']),
}));
const json = { 'content-type': 'application/json' };

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let elsewhere = 0;
const answers: Readonly<Record<string, RequestListener>> = {
  'nested without end': (_, response) => response.writeHead(200, json).end('['.repeat(200_000) + ']'.repeat(200_000)),
  'a list of a hundred thousand objects': (_, response) =>
    response.writeHead(200, json).end(JSON.stringify(Array.from({ length: 100_000 }, (__, n) => ({ id: `x-${n}` })))),
  'one property of megabytes': (_, response) =>
    response.writeHead(200, json).end(JSON.stringify([{ id: 'x-1', title: 'x'.repeat(3_000_000), pinned: true }])),
  'JSON that is none': (_, response) => response.writeHead(200, json).end('{"a":'),
  'names that steer a terminal': (_, response) =>
    response.writeHead(200, json).end(JSON.stringify([{ '\u001b[2J::error::': 1, __proto__: 1, constructor: 2 }])),
  'an error of blanks': (_, response) => response.writeHead(500, json).end(' at '.repeat(300_000)),
  'a body that does not end': (_, response) => void response.writeHead(200, json).write('['),
  'nothing at all': (request) => void request.socket.destroy(),
  'a status that is none': (request) => void request.socket.end('HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n'),
};

for (const [what, listener] of Object.entries(answers))
  test(`answered with ${what}`, async (t) => {
    const base = await listen(t, listener);
    const done = await scan(contract, {
      base,
      identities,
      maxRequests: 16,
      rate: 1e6,
      timeout: 150,
      changes: true,
      deletes: true,
    });
    assert.ok(done.sent <= 16);
    const report = reportOf(contract, done, { target: base, at: 0 });
    assert.deepEqual(
      report.results.filter(({ level, control }) => level === 'proven' && control !== 'safe-errors'),
      [],
      textOf(report),
    );
    assert.ok(JSON.stringify(report).length < 100_000);
  });

test('it is not led to another place', async (t) => {
  const other = await listen(t, (_, response) => {
    elsewhere += 1;
    response.end();
  });
  const base = await listen(t, (_, response) => response.writeHead(307, { location: other }).end());
  await scan(contract, { base, identities, maxRequests: 60, rate: 1e6, timeout: 1000 });
  assert.equal(elsewhere, 0);
});

test('no more requests than are allowed, and no faster', async (t) => {
  let waited = 0;
  const base = await listen(t, (_, response) => response.writeHead(200, json).end('[]'));
  const done = await scan(contract, {
    base,
    identities,
    maxRequests: 7,
    rate: 10,
    timeout: 1000,
    now: () => waited,
    wait: async (milliseconds) => void (waited += milliseconds),
  });
  assert.deepEqual([done.sent, done.cut], [7, true]);
  assert.ok(waited >= 600 && waited <= 700, String(waited));
});
