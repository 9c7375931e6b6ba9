// The PowerDNS authoritative server behind the gateway, with the document that it serves at /api/docs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryServer, type Running, type Send } from './harness.ts';
import { answers, freePort, hasProgram, startProgram } from './processes.ts';

const key = 'castellan-test-key';
const schema = '/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql';

tryServer({
  name: 'PowerDNS',
  async start(t) {
    if (!hasProgram('pdns_server') || !hasProgram('sqlite3')) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'castellan-pdns-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const database = join(folder, 'pdns.sqlite3');
    execFileSync('sh', ['-c', `sqlite3 ${database} < ${schema}`]);
    const [port, dns] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const settings = {
      'config-dir': folder,
      'socket-dir': folder,
      launch: 'gsqlite3',
      'gsqlite3-database': database,
      'local-address': '127.0.0.1',
      'local-port': String(dns),
      api: 'yes',
      'api-key': key,
      webserver: 'yes',
      'webserver-address': '127.0.0.1',
      'webserver-port': String(port),
      'webserver-allow-from': '127.0.0.0/8',
      daemon: 'no',
      guardian: 'no',
      'write-pid': 'no',
    };
    const child = startProgram(
      t,
      'pdns_server',
      Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
    );
    const headers = { 'x-api-key': key, accept: 'application/json' };
    const document = (await (await answers(`${url}/api/docs`, child, headers)).json()) as object;
    return {
      url,
      document,
      options: { authentication: { APIKeyHeader: { upstream: true } } },
      session,
    } satisfies Running;
  },
});

async function session(send: Send, values: number): Promise<void> {
  for (const from of ['127.0.0.1', '127.0.0.2']) {
    const headers = { 'x-api-key': key, accept: 'application/json' };
    const json = { ...headers, 'content-type': 'application/json' };
    const get = (path: string) => send({ method: 'GET', path, headers, from });
    const write = (method: string, path: string, body: unknown) =>
      send({ method, path, headers: json, body: JSON.stringify(body), from });
    const zone = `zone${values}-${from.at(-1)}.example.`;
    const zones = '/api/v1/servers/localhost/zones';
    await get('/api/v1/servers');
    await get('/api/v1/servers/localhost');
    await get('/api/v1/servers/localhost/config');
    await get('/api/v1/servers/localhost/statistics');
    await write('POST', zones, {
      name: zone,
      kind: values === 2 ? 'Master' : 'Native',
      masters: [],
      nameservers: [`ns1.${zone}`],
      ...(values === 2 ? { soa_edit_api: 'DEFAULT' } : {}),
    });
    await get(zones);
    await get(`${zones}?zone=${zone}`);
    await get(`${zones}/${zone}`);
    await write('PATCH', `${zones}/${zone}`, {
      rrsets: [
        {
          name: `www.${zone}`,
          type: values === 2 ? 'AAAA' : 'A',
          ttl: 300 * values,
          changetype: 'REPLACE',
          records: [{ content: values === 2 ? '2001:db8::1' : '192.0.2.7', disabled: false }],
          comments: values === 2 ? [{ content: 'one', account: 'ada' }] : [],
        },
      ],
    });
    await get(`${zones}/${zone}`);
    await write('PATCH', `${zones}/${zone}`, {
      rrsets: [{ name: `www.${zone}`, type: values === 2 ? 'AAAA' : 'A', changetype: 'DELETE' }],
    });
    await write('PUT', `${zones}/${zone}`, { kind: 'Native', ...(values === 2 ? { account: 'x' } : {}) });
    await send({ method: 'PUT', path: `${zones}/${zone}/rectify`, headers, from });
    await send({ method: 'PUT', path: `${zones}/${zone}/notify`, headers, from });
    await get(`${zones}/${zone}/export`);
    await get(`${zones}/${zone}/metadata`);
    await write('POST', `${zones}/${zone}/metadata`, { kind: 'X-OWNER', metadata: [`team ${values}`] });
    await get(`${zones}/${zone}/metadata/X-OWNER`);
    await write('PUT', `${zones}/${zone}/metadata/X-OWNER`, { kind: 'X-OWNER', metadata: ['a', 'b'] });
    await get(`${zones}/${zone}/cryptokeys`);
    await get(`/api/v1/servers/localhost/search-data?q=*zone*&max=${10 * values}`);
    await get(`${zones}/nothing.example.`);
    await write('POST', '/api/v1/servers/localhost/tsigkeys', {
      name: `k${values}${from.at(-1)}`,
      algorithm: 'hmac-sha256',
    });
    await get('/api/v1/servers/localhost/tsigkeys');
    await send({ method: 'PUT', path: `/api/v1/servers/localhost/cache/flush?domain=${zone}`, headers, from });
    await send({ method: 'DELETE', path: `${zones}/${zone}/metadata/X-OWNER`, headers, from });
    await send({ method: 'DELETE', path: `${zones}/${zone}`, headers, from });
  }
}
