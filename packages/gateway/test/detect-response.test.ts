// What detection does by itself, over sockets: whoever touched a honey path is barred, dismissing the incident lets them in again, and
// without anybody doing anything it ends by itself.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { WrittenDetection } from '@castellan/detect';
import type { Gateway } from '../src/index.ts';
import { before, httpUpstream, send } from './stage.ts';

async function started(t: TestContext, detect: WrittenDetection): Promise<Gateway> {
  const upstream = await httpUpstream(t, (_, response) => void response.end('here'));
  const { gateway } = await before(t, upstream, { admin: 0, detect: { honey: ['/backup.sql'], ...detect } });
  return gateway;
}

/** Asks until the answer is another one than it was: bans take effect beside the requests. */
async function until(gateway: Gateway, wanted: (status: number) => boolean): Promise<number> {
  for (let i = 0; ; i++) {
    const { status = 0 } = await send(gateway.url, '/nowhere');
    if (wanted(status)) return status;
    assert.ok(i < 20_000, `still ${status}`);
  }
}
const barred = (status: number): boolean => status === 403 || status === 429;
const free = (status: number): boolean => status === 404;

test('a ban by a detector holds, and ends when the incident is dismissed', async (t) => {
  const gateway = await started(t, { respond: { canary: 'ban' } });
  assert.equal(await until(gateway, free), 404);
  assert.equal((await send(gateway.url, '/backup.sql')).status, 404);
  await until(gateway, barred);
  const [incident] = gateway.detection?.incidents ?? [];
  assert.ok(incident !== undefined);
  assert.equal(gateway.detection?.dismiss(incident.id, 'our own scanner'), true);
  await until(gateway, free);
});

// promise: responses-end
test('a ban by a detector ends by itself', async (t) => {
  const gateway = await started(t, { respond: { canary: 'ban' }, respondFor: 1 });
  await send(gateway.url, '/backup.sql');
  await until(gateway, barred);
  await until(gateway, free);
});

// promise: no-response-unasked
test('nothing is done where nothing was asked for', async (t) => {
  const gateway = await started(t, {});
  await send(gateway.url, '/backup.sql');
  for (let i = 0; i < 30; i++) assert.equal((await send(gateway.url, '/nowhere')).status, 404);
  assert.equal(gateway.detection?.incidents.length, 1);
});
