import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../run.ts';

const root = join(import.meta.dirname, '../../../..');

test('castellan check --deployment: what stands around the API is checked as well, with its places', async () => {
  const check = async (...args: string[]) => {
    let out = '';
    let err = '';
    const terminal = {
      out: (text: string) => void (out += text),
      err: (text: string) => void (err += text),
      interactive: false,
      cwd: root,
      env: {},
      signal: new AbortController().signal,
    };
    return {
      status: await run(['check', 'examples/shop/openapi.yaml', '--format', 'sarif', ...args], terminal),
      out,
      err,
    };
  };
  const alone = await check();
  const { status, out } = await check('--deployment', 'examples/shop');
  assert.equal(status, 1);
  for (const rule of ['store-port-public', 'credential-well-known', 'service-around-gateway', 'tls-version-weak']) {
    assert.equal(alone.out.includes(`"${rule}"`), false);
    assert.ok(out.includes(`"${rule}"`), rule);
  }
  assert.match(out, /examples\/shop\/deploy\/compose\.yaml/);
  assert.equal(out.includes('changeme'), false);
  const wrong = await check('--deployment', 'nope');
  assert.deepEqual([wrong.status, wrong.out], [2, '']);
  assert.match(wrong.err, /nope: there is no such file; check the path/);
});
