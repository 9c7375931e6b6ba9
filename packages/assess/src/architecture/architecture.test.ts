// promise: threats-without-values
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import fc from 'fast-check';
import type { Architecture, Component } from './model.ts';
import { readArchitecture, readArchitectureTexts } from './read.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'castellan-architecture-'));
after(() => rmSync(folder, { recursive: true }));

function find({ components }: Architecture, name: string): Component {
  const component = components.find((one) => one.name === name);
  assert.ok(component, `no component ${name}`);
  return component;
}

const settings = (component: Component): string[] =>
  component.settings.map(({ kind, place }) => `${kind}:${place.line}`);
const ports = (component: Component): string[] =>
  component.ports.map(
    (port) => `${port.number} ${port.exposure} ${port.protocol}${port.management ? ' management' : ''}`,
  );

test('the shop: every file of its deployment in one model', async () => {
  const shop = await readArchitecture(['examples/shop', 'examples/shop-cluster'], root);
  assert.deepEqual(
    shop.files.map(({ source }) => source),
    ['castellan', 'compose', 'compose', 'nginx', 'envoy', 'kubernetes', 'terraform'],
  );
  const api = find(shop, 'api');
  assert.deepEqual(ports(api), ['3000 public http', '9229 public tcp management']);
  assert.deepEqual(settings(api), ['debug:11', 'privileged:9']);
  assert.deepEqual(
    api.secrets.map(({ name, how, place }) => [name, how, place.line]),
    [
      ['DATABASE_URL', 'default', 12],
      ['JWT_SECRET', 'literal', 14],
    ],
  );
  const toDatabase = shop.flows.filter((flow) => flow.to === find(shop, 'db').id);
  assert.deepEqual(
    toDatabase.map((flow) => [flow.from.split(':').pop(), flow.encrypted, flow.resource]),
    [
      ['api-staging', true, 'shop'],
      ['api', false, 'shop'],
    ],
  );
  assert.equal(find(shop, 'api-staging').environment, 'staging');
  assert.equal(find(shop, 'payments').kind, 'external');
  assert.equal(
    shop.flows.some((flow) => flow.to === find(shop, 'payments').id),
    true,
    'the URL of the third party is known',
  );
});

test('no secret is kept, whatever the file', async () => {
  const text = JSON.stringify(await readArchitecture(['examples'], root));
  for (const secret of ['changeme', '9f2c1b7e55d04a6c', 'hunter2hunter2', 'c3VwZXItc2VjcmV0LWtleQ', 'super-secret-key'])
    assert.equal(text.includes(secret), false, secret);
});

test('nginx: TLS of http counts in its servers, redirects and loopback are seen', () => {
  const { components } = readArchitectureTexts({
    'site.conf': `ssl_protocols TLSv1.3;
server { listen 80; server_name a.example; return 301 https://$host$request_uri; }
server { listen 443 ssl; server_name b.example; ssl_verify_client on; location / { proxy_pass https://api:8443; proxy_ssl_verify off; } }
server { listen 127.0.0.1:8080; server_name c.example; location / { proxy_pass http://api:3000; } }
`,
  });
  assert.equal(components[0]?.ports[0]?.redirectsToTls, true);
  assert.deepEqual(components[1]?.ports[0]?.tls?.versions, ['TLSv1.3']);
  assert.equal(components[1]?.ports[0]?.tls?.clientCertificate, true);
  assert.deepEqual(
    components[1]?.settings.map(({ kind }) => kind),
    ['verify-off'],
  );
  assert.equal(components[2]?.ports[0]?.exposure, 'loopback');
});

test('a configuration beside the one container that runs it is that container', async () => {
  const gateway = find(await readArchitecture(['examples/shop'], root), 'gateway');
  assert.deepEqual(ports(gateway), ['443 public https', '80 public http']);
  assert.deepEqual(gateway.ports[0]?.tls?.versions, ['TLSv1', 'TLSv1.2']);
  assert.deepEqual(settings(gateway), ['access-log-off:3']);
});

test('kubernetes: a service makes its workload reachable, a TLS ingress redirects', () => {
  const shop = readArchitectureTexts({
    'k8s/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: staging }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web:1, env: [{ name: DB, value: 'postgres://u:p4ssw0rd!@pg.data.svc.cluster.local/x?sslmode=require' }] }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: front, namespace: staging }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: in, namespace: staging }
spec: { tls: [{ hosts: [x], secretName: s }], rules: [{ http: { paths: [{ backend: { service: { name: front, port: { number: 80 } } } }] } }] }
`,
  });
  assert.deepEqual(ports(find(shop, 'web')), ['8080 internal http']);
  assert.deepEqual(ports(find(shop, 'in')), ['80 public http', '443 public https']);
  assert.equal(find(shop, 'in').ports[0]?.redirectsToTls, true);
  assert.equal(
    shop.flows.some((flow) => flow.from === find(shop, 'in').id && flow.to === find(shop, 'web').id),
    true,
  );
  assert.equal(
    shop.flows.some((flow) => flow.protocol === 'postgres' && flow.encrypted === true),
    true,
  );
});

test('envoy and terraform: what is plainly written', async () => {
  const shop = await readArchitecture(['examples/shop-cluster/envoy.yaml', 'examples/shop-cluster/terraform'], root);
  assert.deepEqual(ports(find(shop, 'envoy.yaml')), ['9901 public http management', '10000 public http']);
  assert.deepEqual(settings(find(shop, 'envoy.yaml')), ['authentication-off:14']);
  assert.deepEqual(ports(find(shop, 'production')), ['5432 public tcp']);
  assert.deepEqual(settings(find(shop, 'production')), ['encryption-off:9']);
  assert.deepEqual(ports(find(shop, 'front')), ['80 public http']);
  assert.deepEqual(settings(find(shop, 'all')), ['wide-open-firewall:31']);
});

test('a named file that is broken or unknown is bad input; in a folder it is noted', async () => {
  writeFileSync(join(folder, 'template.yaml'), 'apiVersion: v1\nkind: Secret\nmetadata: {{ .Values.x }\n');
  writeFileSync(join(folder, 'other.json'), '{"a": 1}');
  await assert.rejects(
    readArchitecture(['template.yaml'], folder),
    /^CastellanError: template\.yaml:\d+:\d+: the file is not YAML/,
  );
  await assert.rejects(readArchitecture(['other.json'], folder), /no deployment file/);
  await assert.rejects(readArchitecture(['nope.yaml'], folder), /nope\.yaml: there is no such file; check the path/);
  const { notices, components } = await readArchitecture(['.'], folder);
  assert.equal(components.length, 0);
  assert.match(notices[0]?.message ?? '', /not read/);
});

test('hostile texts are read or refused, never anything else', () => {
  const words = fc.constantFrom(
    'server',
    '{',
    '}',
    ';',
    ' ',
    '"',
    'listen 80',
    '\n',
    'services:',
    ' a:',
    ' ports: [',
    '80:80',
    ']',
    'resource "a" "b"',
    '=',
    '[',
    '${',
    '<<EOF\n',
    'apiVersion: v1\nkind: X\nmetadata: {}\n',
    '---\n',
    '-',
    '\\',
    '#',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), fc.constantFrom('a.conf', 'a.tf', 'a.yaml'), (parts, file) => {
      try {
        readArchitectureTexts({ [file]: parts.join('') });
      } catch (error) {
        assert.ok(error instanceof CastellanError, `${String(error)} ${JSON.stringify(parts.join(''))}`);
      }
    }),
    { seed: 6, numRuns: 1_500 },
  );
  assert.throws(() => readArchitectureTexts({ 'a.conf': `server {listen 80;${'a {'.repeat(20_000)}` }), CastellanError);
  assert.throws(() => readArchitectureTexts({ 'a.tf': `resource "a" "b" ${'{ a '.repeat(20_000)}` }), CastellanError);
});
