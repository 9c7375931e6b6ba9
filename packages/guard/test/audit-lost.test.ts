// A file that takes no events: said once, and requests are answered all the same.
// promise: audit-lost-told
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const contract = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: { '/a': { get: { operationId: 'a', responses: { 204: { description: '' } } } } },
};

test('a full disk', { skip: existsSync('/dev/full') ? false : 'there is no /dev/full here' }, async () => {
  const warned: Error[] = [];
  const hear = (warning: Error): void => void warned.push(warning);
  process.on('warning', hear);
  const guard = await createGuard({ contract, audit: { file: '/dev/full' } });
  try {
    const handle = fetchGuard(guard, () => new Response(null, { status: 204 }));
    const ask = async (): Promise<number> =>
      (await handle(new Request('http://localhost/a'), { remoteAddress: '127.0.0.1' })).status;
    const first = once(process, 'warning');
    assert.equal(await ask(), 204);
    await first;
    assert.equal(await ask(), 204);
  } finally {
    await guard.end();
    process.off('warning', hear);
  }
  const lost = warned.filter((warning) => (warning as NodeJS.ErrnoException).code === 'audit-lost');
  assert.equal(lost.length, 1);
  assert.equal(lost[0]?.message, 'audit events are lost: /dev/full does not take them (ENOSPC); see to its disk');
});
