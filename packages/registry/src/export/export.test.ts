import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  apiEntityV1alpha1Validator,
  EntityPolicies,
  FieldFormatEntityPolicy,
  SchemaValidEntityPolicy,
  type Entity,
} from '@backstage/catalog-model';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parseAllDocuments } from 'yaml';
import type { ShownApi } from '../inventory/show.ts';
import { exportFormats, exportSnapshot } from './index.ts';
import type { Snapshot } from './snapshot.ts';

/** What somebody may write into a document that others read in a spreadsheet, a wiki, a catalog. */
const hostile = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '+HYPERLINK("https://evil.example","x")',
  '-2+3',
  '@SUM(1)',
  ' \t=1+1',
  '\r=1+1',
  '＝1+1',
  '|calc',
  'a;=1+1;b',
  'a,"=1+1',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  'https://evil.example/x',
  'www.evil.example',
  '| a | b |\n| --- | --- |',
  '# heading',
  '`code` ``` ``',
  '\\`|\\',
  '&lt;b&gt; &#60;',
  '---\nkind: Group',
  '{{ secrets }} ${{ parameters }} !!js/function',
  '\u202Egnp.exe',
  'a\u0000b\u001B[31mred',
  'null',
  'x'.repeat(300),
  '',
];

function apiOf(text: string, index: number): ShownApi {
  return {
    id: `api-${index}`,
    title: text || 'untitled',
    owner: index % 5 === 0 || text === '' ? null : text,
    state: ['draft', 'published', 'deprecated', 'retired'][index % 4] ?? '',
    sunset: null,
    version: text,
    digest: `sha256:${index}`,
    versions: 1,
    operations: 1,
    open: index % 2,
    environments: [text],
    data: ['personal', 'financial'].slice(0, index % 3),
    requests: index,
    lastSeen: null,
    description: text,
    links: [
      { rel: 'service-doc', href: 'https://docs.example.com/' },
      { rel: text || 'help', href: `https://docs.example.com/${encodeURIComponent(text.toWellFormed())}` },
      { rel: 'service-doc', href: `javascript:${text}` },
      { rel: 'service-doc', href: text },
    ],
    contracts: [
      {
        digest: `sha256:${index}`,
        version: text,
        openapi: '3.1.0',
        profile: 'standard',
        source: text,
        servers: [`https://a${index}.example.com/v1`, '/relative', 'https://{region}.example.com', text],
        operations: 1,
        imported: '2026-11-29T00:00:00.000Z',
      },
    ],
    deployments: [],
    operationList: [
      {
        operation: text,
        method: 'GET',
        path: `/a/${text}`,
        authenticated: index % 2 === 0,
        state: 'published',
        owner: null,
        purposes: [],
        takes: ['personal'],
        gives: [],
        requests: 1,
        consumers: 0,
        lastSeen: null,
      },
    ],
  };
}

const snapshot: Snapshot = {
  time: '2026-11-29T00:00:00.000Z',
  apis: hostile.map(apiOf),
  environments: [],
  dependencies: [],
  unreadable: hostile.map((text) => ({ source: text, reason: text, seen: '2026-11-29T00:00:00.000Z' })),
};

test('CycloneDX is what its schema says, whatever documents say', () => {
  const require = createRequire(import.meta.url);
  const schemas = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
  const read = (name: string): object => JSON.parse(readFileSync(join(schemas, name), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  // RFC 3987: neither a space nor one of these.
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`\p{Cc}]*$/u);
  ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/);
  const base = 'http://cyclonedx.org/schema/';
  ajv.addSchema(read('spdx.SNAPSHOT.schema.json'), `${base}spdx.SNAPSHOT.schema.json`);
  ajv.addSchema(read('jsf-0.82.SNAPSHOT.schema.json'), `${base}jsf-0.82.SNAPSHOT.schema.json`);
  const validate = ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'));
  const bom = JSON.parse(exportSnapshot(snapshot, 'cyclonedx')) as { services: object[] };
  assert.ok(validate(bom), JSON.stringify(validate.errors?.slice(0, 5)));
  assert.equal(bom.services.length, hostile.length);
  assert.equal(validate({ ...bom, services: [{ name: 1 }] }), false);
});

test('Backstage takes each entity', async () => {
  const policy = EntityPolicies.allOf([new SchemaValidEntityPolicy(), new FieldFormatEntityPolicy()]);
  const documents = parseAllDocuments(exportSnapshot(snapshot, 'backstage'));
  assert.ok(Array.isArray(documents));
  assert.equal(documents.length, hostile.length);
  const names = new Set<string>();
  for (const document of documents) {
    assert.deepEqual(document.errors, []);
    const entity = document.toJS() as Entity & { spec: { definition: { $text: string } } };
    assert.equal(entity.kind, 'API');
    names.add(entity.metadata.name);
    // The catalog puts the text of the file here before it looks.
    const read = { ...entity, spec: { ...entity.spec, definition: 'openapi: 3.1.0' } };
    await policy.enforce(read);
    assert.ok(await apiEntityV1alpha1Validator.check(read));
    for (const { url } of entity.metadata.links ?? []) assert.match(url, /^https?:/);
  }
  assert.equal(names.size, hostile.length);
});

test('no cell of the CSV is a formula, in any spreadsheet', () => {
  const text = exportSnapshot(snapshot, 'csv');
  for (const separator of [',', ';', '\t']) {
    const rows = rowsOf(text, separator);
    for (const cell of rows.flat()) assert.doesNotMatch(cell, /^\s*[=+\-@＝＋－＠|%]/u, JSON.stringify(cell));
    if (separator === ',') {
      assert.equal(rows.length, hostile.length + 1);
      assert.deepEqual([...new Set(rows.map((row) => row.length))], [16]);
      assert.equal(rows[hostile.indexOf('a;=1+1;b') + 1]?.[1], "a;'=1+1;b");
    }
  }
});

test('no table, link, picture or HTML of a document begins in the Markdown', () => {
  const text = exportSnapshot(snapshot, 'markdown');
  const plain = text.replaceAll(/`[^`\n]*`|\\[^\w\s]/g, '');
  assert.doesNotMatch(plain, /<(?!a id="api-\d+"><\/a>\n|\/a>\n)/);
  assert.doesNotMatch(plain, /!\[|\]\((?!#api-\d+\))|https?:\/\/|www\./);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cf}\p{Cc}]/u);
  const rows = text.split('\n').filter((line) => line.startsWith('| ['));
  assert.equal(rows.length, hostile.length);
  for (const row of rows) assert.equal(row.replaceAll(/\\./g, '').split('|').length, 10, row);
});

test('the catalog names addresses and nothing else', () => {
  const { linkset } = JSON.parse(exportSnapshot(snapshot, 'api-catalog')) as {
    linkset: Readonly<Record<string, readonly { href: string }[] | string>>[];
  };
  for (const context of linkset)
    for (const [relation, links] of Object.entries(context)) {
      if (typeof links === 'string') assert.ok(links.startsWith('/') || URL.canParse(links), relation);
      else for (const { href } of links) assert.match(href, /^https?:\/\//, relation);
    }
});

test('the same inventory is the same text in every format', () => {
  for (const format of exportFormats) assert.equal(exportSnapshot(snapshot, format), exportSnapshot(snapshot, format));
});

/** Reads CSV as RFC 4180 says, with another separator where a spreadsheet takes one. */
function rowsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(at + 1) === '"') cell += text.charAt((at += 1));
      else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === separator || sign === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      if (sign === '\n') rows.push([]);
    } else cell += sign;
  }
  return rows.slice(0, -1);
}
