// castellan.yaml says where the registry listens, with which TLS, who may log in and where its store is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ServeEntry } from '@castellan/gateway/configuration';
import type { ServeOptions } from '@castellan/registry';
import { run } from '../run.ts';
import { settingsOf } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-serve-settings-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'conf/tls'), { recursive: true });
const [cert, key] = [join(folder, 'conf/tls/cert.pem'), join(folder, 'conf/tls/key.pem')];
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
  ].concat(['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]),
  { stdio: 'ignore' },
);

async function castellan(args: readonly string[], until?: (out: string) => Promise<void>) {
  const stop = new AbortController();
  let [out, err] = ['', ''];
  const shown = Promise.withResolvers<void>();
  const ended = run(args, {
    out: (text) => (void (out += text), shown.resolve()),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: stop.signal,
  });
  try {
    if (until !== undefined) {
      await Promise.race([shown.promise, ended]);
      assert.equal(err, '');
      await until(out);
    }
  } finally {
    if (until !== undefined) stop.abort();
  }
  return { status: await ended, out, err };
}

function write(yaml: unknown): void {
  writeFileSync(join(folder, 'conf/registry.yaml'), JSON.stringify(yaml));
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(cert) }, (response) => (response.resume(), resolve(response.statusCode)))
      .on('error', reject)
      .end();
  });
}

test('a registry by itself: HTTPS and its store as castellan.yaml says, paths beside the file', async () => {
  write({ serve: { port: 0, tls: { cert: 'tls/cert.pem', key: './tls/key.pem' } }, store: { url: 'file:data' } });
  const { status, out } = await castellan(['serve', '--config', 'conf/registry.yaml'], async (page) => {
    const url = /^registry (https:\/\/127\.0\.0\.1:\d+)/m.exec(page)?.[1];
    assert.ok(url !== undefined && !url.endsWith(':8181'), page);
    assert.equal(await statusOf(`${url}/openapi.json`), 200);
    assert.equal(await statusOf(`${url}/apis`), 401);
  });
  assert.equal(status, 0, out);
  assert.ok(existsSync(join(folder, 'conf/data')));
});

test('config check says where it would listen, and each thing that is wrong at its line', async () => {
  write({
    serve: {
      tls: { cert: 'tls/cert.pem', key: 'tls/key.pem' },
      login: { issuer: 'https://login.example.com', audience: 'r', roles: { viewer: ['everyone'] } },
    },
  });
  const right = await castellan(['config', 'check', 'conf/registry.yaml']);
  assert.equal(right.status, 0, right.out);
  assert.match(
    right.out,
    /castellan serve would listen on https:\/\/127\.0\.0\.1:8181\n  people of https:\/\/login\.example\.com may come in\n/,
  );
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ prot: 8181 }, /serve has no option 'prot'; did you mean port\?/],
    [{ port: 70_000 }, /serve\.port/],
    [{ tls: { cert: 'tls/cert.pem' } }, /serve\.tls\.key is missing; add key/],
    [
      { tls: { cert: 'tls/none.pem', key: 'tls/key.pem' } },
      /serve\.tls\.cert names tls\/none\.pem, and there is no such file/,
    ],
    [
      { login: { issuer: 'login.example.com', audience: 'r', roles: { viewer: ['a'] } } },
      /serve\.login\.issuer is no address/,
    ],
    [{ login: { issuer: 'https://a.example', audience: 'r', roles: {} } }, /serve\.login\.roles gives nobody a role/],
    [
      { login: { issuer: 'https://a.example', audience: 'r', roles: { viewer: [] } } },
      /serve\.login\.roles gives nobody a role/,
    ],
    [
      { login: { issuer: 'https://a.example', audience: 'r', roles: { admin: ['a'] } } },
      /serve\.login\.roles has no option 'admin'/,
    ],
    [{ login: { issuer: 'https://a.example', roles: { viewer: ['a'] } } }, /serve\.login\.audience is missing/],
  ];
  for (const [serve, message] of wrong) {
    write({ serve });
    const { status, out } = await castellan(['config', 'check', 'conf/registry.yaml']);
    assert.equal(status, 1, out);
    assert.match(out, message);
    assert.match(out, /^conf\/registry\.yaml:\d+:\d+: /m);
  }
  for (const [other, message] of [
    [{ listen: { port: 8181 } }, /serve\.port is on port 8181, where the APIs are/],
    [{ listen: { port: 80, admin: '127.0.0.1:8181' } }, /serve\.port is on port 8181, where health and metrics/],
  ] as const) {
    write({ serve: { port: 8181 }, ...other });
    assert.match((await castellan(['config', 'check', 'conf/registry.yaml'])).out, message);
  }
  write({ store: { url: 'file:data' } });
  assert.match(
    (await castellan(['config', 'check', 'conf/registry.yaml'])).out,
    /apis is missing; add apis; a registry by itself has serve/,
  );
});

test('a flag comes before the file; TLS and login are of one of the two as a whole', () => {
  const flags: Required<Pick<ServeOptions, 'port' | 'host' | 'tls' | 'login'>> = {
    port: 1,
    host: 'a',
    tls: { cert: 'fc', key: 'fk' },
    login: { issuer: 'https://f.example', audience: 'f', roles: { viewer: ['f'] } },
  };
  const entry: Required<ServeEntry> = {
    port: 2,
    address: 'b',
    tls: { cert: 'ec', key: 'ek', clientCa: 'ea' },
    login: { issuer: 'https://e.example', audience: 'e', groups: 'e', roles: { owner: ['e'] } },
  };
  const names = ['port', 'host', 'tls', 'login'] as const;
  for (let given = 0; given < 1 << (2 * names.length); given++) {
    const said = Object.fromEntries(names.filter((_, at) => (given >> at) & 1).map((name) => [name, flags[name]]));
    const inEntry = (name: (typeof names)[number]) => (name === 'host' ? 'address' : name);
    const written = Object.fromEntries(
      names.filter((_, at) => (given >> (at + names.length)) & 1).map((name) => [inEntry(name), entry[inEntry(name)]]),
    );
    const settings = settingsOf(said, written);
    for (const name of names)
      assert.deepEqual(settings[name], said[name] ?? written[inEntry(name)], `${given} ${name}`);
  }
});
