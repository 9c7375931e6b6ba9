// Detection in a gateway: incidents where somebody asks for them, while they happen, and none where it is off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident } from '@castellan/detect';
import { contract } from './contract.ts';
import { before, httpUpstream, send } from './stage.ts';

const honey = ['/backup.sql', '/internal/keys'];

test('a honey path opens an incident, told to onIncident and at the admin address, live and afterwards', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const told: string[] = [];
  const { gateway } = await before(t, upstream, {
    detect: { honey },
    admin: 0,
    onIncident: ({ title }, change) => told.push(`${change} ${title}`),
  });
  const stop = new AbortController();
  const watch = await fetch(`${gateway.adminUrl}/watch`, { signal: stop.signal });
  assert.equal(watch.headers.get('content-type'), 'application/jsonl');
  assert.equal((await send(gateway.url, '/backup.sql')).status, 404);
  let text = '';
  const reader = (watch.body as ReadableStream<Uint8Array>).getReader();
  while (!text.includes('"incident"')) text += Buffer.from((await reader.read()).value ?? []).toString();
  stop.abort();
  const happened = text
    .trim()
    .split('\n')
    .map((line) => Object.keys(JSON.parse(line) as object)[0]);
  assert.deepEqual(happened, ['facts', 'incident']);
  assert.deepEqual(told, ['opened A canary was touched (address 127.0.0.1)']);
  const incidents = (await (await fetch(`${gateway.adminUrl}/incidents`)).json()) as Incident[];
  assert.deepEqual(
    incidents.map(({ detectors, severity }) => [detectors, severity]),
    [[['canary'], 'critical']],
  );
  assert.deepEqual(
    gateway.detection?.incidents.map(({ id }) => id),
    incidents.map(({ id }) => id),
  );
});

test('without detect there is nothing to see', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const { gateway } = await before(t, upstream, { admin: 0 });
  for (const path of ['/incidents', '/watch']) {
    const answer = await fetch(`${gateway.adminUrl}${path}`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /with the option detect/);
  }
  assert.equal(gateway.detection, undefined);
});

test('what is misspelt is told with what is meant, and detection is not changed while it runs', async (t) => {
  const upstream = await httpUpstream(t, (_, response) => void response.end());
  const start = (detect: unknown): Promise<unknown> => before(t, upstream, { detect } as object);
  await assert.rejects(start({ of: ['probing'] }), /options\.detect has no option 'of'.*did you mean off\?/);
  await assert.rejects(start({ off: ['probbing'] }), /did you mean probing\?/);
  await assert.rejects(start({ honey: ['backup.sql'] }), /no path.*write it from the root/);
  await assert.rejects(start({ canaries: ['4711'] }), /resource type and id, such as Order\/4711/);
  const { gateway } = await before(t, upstream, { detect: true });
  await assert.rejects(
    gateway.reload({ contract, upstream, port: 0, detect: false }),
    /detect is another than at the start/,
  );
});
