// Impersonation and break-glass are recorded and alarmed: who acts, in whose name, by which policy; at the guard and the gateway.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startGateway } from '@castellan/gateway';
import { createGuard, type GuardEvent } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { readModel, type Model } from './model.ts';
import { optionsOf } from './ways.ts';

type Ask = (
  who: string,
  method: string,
  path: string,
  fields?: Readonly<Record<string, string>>,
) => Promise<GuardEvent>;

const rowsOf = (model: Model, path: string): unknown => {
  const [, segment = '', id] = path.split('/');
  const [type = ''] = Object.keys(model.rows).filter((name) => `${name.toLowerCase()}s` === segment);
  return id === undefined ? model.rows[type] : model.rows[type]?.find((row) => row.id === id);
};

async function inProcess(model: Model): Promise<{ ask: Ask; close: () => Promise<void> }> {
  let event: GuardEvent | undefined;
  const types = Object.keys(model.rows);
  const guard = await createGuard({
    ...optionsOf(model),
    resources: Object.fromEntries(
      types.map((type) => [type, (ids) => ids.map((id) => model.rows[type]?.find((row) => row.id === id))]),
    ),
    onEvent: (one) => void (event = one),
  });
  const handle = fetchGuard(guard, (request) => Response.json(rowsOf(model, new URL(request.url).pathname)));
  return {
    async ask(who, method, path, fields = {}) {
      const headers = { ...fields, authorization: `Bearer ${who}` };
      await (
        await handle(new Request(`http://api.example.com${path}`, { method, headers }), { remoteAddress: '127.0.0.1' })
      ).text();
      return event as GuardEvent;
    },
    close: () => guard.end(),
  };
}

async function behindGateway(model: Model): Promise<{ ask: Ask; close: () => Promise<void> }> {
  let event: GuardEvent | undefined;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(rowsOf(model, request.url ?? '')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway({
    ...optionsOf(model),
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: 0,
    onEvent: (one) => void (event = one),
  });
  return {
    async ask(who, method, path, fields = {}) {
      await (
        await fetch(gateway.url + path, { method, headers: { ...fields, authorization: `Bearer ${who}` } })
      ).text();
      return event as GuardEvent;
    },
    async close() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

for (const [place, open] of [
  ['in the application', inProcess],
  ['at the gateway', behindGateway],
] as const)
  test(`who acts for whom stands in the event, and raises it, ${place}`, async () => {
    const { ask, close } = await open(await readModel('impersonation'));
    try {
      const acted = await ask('sue-as-ada', 'GET', '/accounts/a1');
      assert.equal(acted.severity_id, 4, 'high');
      const { castellan } = acted.unmapped;
      assert.deepEqual(castellan.alarms, ['impersonation']);
      assert.deepEqual(
        castellan.allowed?.map(({ action, policies }) => [action, policies]),
        [['getAccount', ['own', 'impersonated']]],
      );
      assert.match(JSON.stringify(castellan), /"act":\{"sub":"sue"/);
      // The owner alone raises nothing.
      const own = await ask('ada', 'GET', '/accounts/a1');
      assert.notEqual(own.severity_id, 4);
      assert.equal(own.unmapped.castellan.alarms, undefined);
      assert.doesNotMatch(JSON.stringify(own.unmapped.castellan), /"act"/);
      // What is refused says who acted, and which policy forbids.
      const written = await ask('sue-as-ada', 'POST', '/accounts/a1/closing');
      assert.deepEqual(written.unmapped.castellan.refused?.policies, ['reads-only']);
      assert.match(JSON.stringify(written.unmapped.castellan), /"act":\{"sub":"sue"/);
      assert.equal(written.unmapped.castellan.allowed, undefined);
      const unknown = await ask('someone-as-ada', 'GET', '/accounts/a1');
      assert.match(JSON.stringify(unknown.unmapped.castellan), /"act":\{"sub":"unknown"/);
      assert.deepEqual(unknown.unmapped.castellan.refused?.policies, ['support-only']);
    } finally {
      await close();
    }
  });
