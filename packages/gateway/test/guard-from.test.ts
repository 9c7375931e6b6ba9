// A guard in an application, set up by the castellan.yaml that a gateway reads.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { guardFrom } from '@castellan/gateway';
import { fetchGuard } from '@castellan/guard/fetch';
import { stringify } from 'yaml';

const folder = mkdtempSync(join(tmpdir(), 'castellan-guard-from-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
function fileWith(yaml: object, beside: Readonly<Record<string, string>> = {}): string {
  const cwd = join(folder, String((files += 1)));
  mkdirSync(join(cwd, 'apis'), { recursive: true });
  const document = (path: string): string =>
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Orders', version: '1' },
      paths: {
        [`/${path}`]: {
          get: { operationId: path, security: [{ key: [] }], responses: { 200: { description: 'ok' } } },
        },
      },
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    });
  writeFileSync(join(cwd, 'apis/openapi.json'), document('inner'));
  for (const [name, text] of Object.entries({ 'openapi.json': document('orders'), ...beside }))
    writeFileSync(join(cwd, name), text);
  writeFileSync(join(cwd, 'castellan.yaml'), stringify(yaml));
  return join(cwd, 'castellan.yaml');
}

const key = 'partner-key-5d1e7a90c3b24f68a1d2e3f405162738';
const api = (more: object = {}): object => ({
  name: 'orders',
  contract: 'openapi.json',
  authentication: { key: { keys: { [key]: { subject: 'partner' } } } },
  ...more,
});

test('what the file says is in force: contract, issuers, mode, audit, source; what is the gateway’s is not looked at', async () => {
  const file = fileWith({
    apis: [
      api({ upstreams: [{ url: 'http://127.0.0.1:9' }] }),
      { ...api({ source: { folder: 'apis' } }), name: 'inner', environment: 'test' },
    ],
    listen: { port: 1, trustedProxies: ['10.0.0.0/8'] },
    timeouts: { head: '1s' },
    audit: { file: 'audit.jsonl' },
    detect: { canaries: ['Order/1'] },
  });
  for (const [name, path] of [
    ['orders', 'orders'],
    ['inner', 'inner'],
  ] as const) {
    const guard = await guardFrom(file, { api: name });
    const handle = fetchGuard(guard, () => new Response(null));
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await handle(new Request(`http://x/${path}`, { headers }), { remoteAddress: '127.0.0.1' })).status;
    assert.deepEqual([await ask({}), await ask({ 'x-key': key })], [401, 200]);
    await guard.end();
  }
  assert.ok(existsSync(join(folder, String(files), 'audit.jsonl')));
});

test('options in code win over the file', async () => {
  const guard = await guardFrom(fileWith({ apis: [api({ mode: 'observe' })] }), { mode: 'enforce', watch: false });
  assert.equal(guard.settings.mode, 'enforce');
  await guard.end();
});

test('what is wrong is told with its line in the file', async () => {
  const wrong: readonly (readonly [object, RegExp, string?])[] = [
    [
      { apis: [api({ modus: 'observe' })] },
      /castellan\.yaml:\d+:\d+: apis\[0\] has no option 'modus'; did you mean mode/,
    ],
    [{ apis: [api(), { ...api(), name: 'users' }] }, /has 2 APIs; say which: guardFrom\('.*', \{ api: 'orders' \}\)/],
    [{ apis: [api()] }, /castellan\.yaml:\d+:\d+: apis has no API 'userz'; write --api orders/, 'userz'],
    [{ apis: [api({ authentication: { kee: { keys: {} } } })] }, /kee|key.*authentication of the API in/],
    [{ apis: [api({ trustedProxies: [] })] }, /castellan\.yaml:\d+:\d+/],
    [
      { apis: [api()], listen: { port: 1, trustedProxies: ['nowhere'] } },
      /castellan\.yaml:\d+:\d+: listen\.trustedProxies|trustedProxies/,
    ],
    [{ apis: [api()], console: { port: 1 } }, /castellan\.yaml:\d+:\d+: console is not enforced yet/],
  ];
  for (const [yaml, told, name] of wrong)
    await assert.rejects(
      guardFrom(fileWith(yaml), name === undefined ? {} : { api: name }),
      (error) => error instanceof CastellanError && told.test(error.message) && !error.message.includes('\n'),
      String(told),
    );
  await assert.rejects(guardFrom(join(folder, 'nothing.yaml')), /nothing\.yaml: the file cannot be read \(ENOENT\)/);
});
