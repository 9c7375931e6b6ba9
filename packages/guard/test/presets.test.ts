// Each preset against a real provider that gives tokens of the published shape; docs/providers.md says what the presets say.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createAuthentication, type SchemeConfigurations } from '../src/authenticate/index.ts';
import { presets } from '../src/authenticate/presets/index.ts';
import type { Preset } from '../src/authenticate/presets/preset.ts';
import type { SchemeRequest } from '../src/scheme.ts';
import { startShaped } from './provider/shaped.ts';

const contract = await loadContract({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: { '/a': { get: { operationId: 'a', security: [{ it: [] }], responses: { 204: { description: '' } } } } },
  components: { securitySchemes: { it: { type: 'http', scheme: 'bearer' } } },
});

/** Who a token is of, by an entry; or why it is refused. */
async function caller(entry: object, fetch: typeof globalThis.fetch) {
  const authentication = await createAuthentication({
    contract,
    authentication: { it: entry } as unknown as SchemeConfigurations,
    environment: 'production',
    fetch,
  });
  const [operation] = contract.operations;
  const authenticate = operation === undefined ? undefined : authentication.forOperation(operation);
  if (authenticate === undefined) throw new Error('nothing is asked');
  return async (token: string, header?: string) => {
    const field = header?.toLowerCase() ?? 'authorization';
    const value = header === undefined ? `Bearer ${token}` : token;
    const request = {
      incoming: { method: 'GET', target: '/a', rawHeaders: [field, value], headers: { [field]: value } },
      authorization: field === 'authorization' ? value : undefined,
      address: '192.0.2.1',
      url: 'https://api.acme.com/a',
      now: Date.now(),
    } as unknown as SchemeRequest;
    const outcome = await authenticate(request);
    return outcome !== undefined && 'subject' in outcome ? outcome : { refused: outcome?.reason ?? 'nobody' };
  };
}

/** What a preset's tokens must not be: for another API, client or issuer, or over. */
function strangers({ example, entry, published }: Preset): readonly Readonly<Record<string, unknown>>[] {
  const { require = {} } = entry;
  const bound = Object.keys(require).map((name) => ({ [name]: 'another' }));
  const audience =
    (entry.audience ?? example['audience']) === undefined ? [] : [{ aud: 'another' }, { aud: undefined }];
  return [...bound, ...audience, { iss: `${String(published.claims['iss'])}x` }, { exp: 1_700_000_000 }];
}

for (const preset of presets) {
  const { name, example, published, identity, entry } = preset;
  const { claims, header, alg } = published;
  const expected = { groups: [], scopes: [], tenant: undefined, ...identity };
  if (published.opaque === true) {
    test(`${name}: a token that is asked about`, async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          asked.push(`${request.headers.authorization} ${body}`);
          response.setHeader('content-type', 'application/json');
          response.end(
            JSON.stringify(
              body.includes('token=good')
                ? claims
                : { active: body.includes('other'), ...(body.includes('other') ? { ...claims, azp: 'another' } : {}) },
            ),
          );
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      try {
        const ask = await caller(example, (_, init) => fetch(local, init));
        const found = await ask('good');
        assert.ok('subject' in found, JSON.stringify(found));
        const { subject, groups, scopes, tenant } = found;
        assert.deepEqual({ subject, groups, scopes, tenant }, expected);
        assert.match(asked[0] ?? '', /^Basic /);
        assert.deepEqual(await ask('bad'), { refused: 'token-inactive' });
        assert.deepEqual(await ask('other'), { refused: 'claim-required' });
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });
    continue;
  }
  test(`${name}: a token of the published shape`, async () => {
    const provider = await startShaped({ issuer: String(claims['iss']), alg, header, claims });
    try {
      const ask = await caller(example, provider.fetch);
      const token = await provider.token();
      // It is the shape that is published, and nothing more.
      const { iat: _iat, exp: _exp, ...said } = decodeJwt(token);
      assert.deepEqual(said, claims);
      assert.deepEqual(decodeProtectedHeader(token), { alg, kid: 'published-1', ...header });
      const place = entry.from?.header;
      const found = await ask(token, place);
      assert.ok('subject' in found, JSON.stringify(found));
      const { subject, groups, scopes, tenant } = found;
      assert.deepEqual({ subject, groups, scopes, tenant }, expected);
      assert.equal(found.issuer, claims['iss']);
      for (const more of strangers(preset)) {
        const answer = await ask(await provider.token(more), place);
        assert.ok('refused' in answer, JSON.stringify(more));
      }
      if (typeof entry.jwks === 'string') assert.equal(provider.asked.length, 1, 'only the key set is asked for');
    } finally {
      await provider.close();
    }
  });
}

describe('how a preset is written', () => {
  const nowhere = () => Promise.reject(new Error('nothing is fetched'));
  const lazy = (entry: object) => caller({ ...entry, lazy: true }, nowhere);
  for (const { name, example, parameters } of presets) {
    test(`${name}: each parameter is needed and used, and a misspelt one is told`, async () => {
      for (const parameter of Object.keys(parameters)) {
        await assert.rejects(
          lazy({ ...example, [parameter]: undefined }),
          new RegExp(`it\\.${parameter} is missing: `),
        );
        await assert.rejects(lazy({ ...example, [`${parameter}x`]: 'x' }), { code: 'unknown-option' });
        const text = JSON.stringify(presets.find((one) => one.name === name)?.entry);
        assert.ok(text.includes(`{${parameter}}`), parameter);
      }
    });
  }
  test('a misspelt name is told', async () => {
    await assert.rejects(lazy({ preset: 'cognitto' }), /did you mean cognito\?/);
    await assert.rejects(lazy({ preset: 7 }), /is no preset/);
  });
  test('what stands beside it is in force; several in a list; several clients', async () => {
    const cognito = presets.find((one) => one.name === 'cognito')?.example ?? {};
    const google = presets.find((one) => one.name === 'google')?.example ?? {};
    await lazy(
      [
        { ...cognito, client: ['a', 'b'], groups: '/roles', lazy: true },
        { ...google, lazy: true },
      ].at(0) ?? {},
    );
    const entries = [cognito, google].map((one) => ({ ...one, lazy: true }));
    const ask = await caller(entries as never, nowhere);
    assert.deepEqual(await ask('x.y.z'), { refused: 'malformed-token' });
    await assert.rejects(
      lazy({ ...presets.find((one) => one.name === 'keycloak')?.example, client: ['a', 'b'] }),
      /is a list/,
    );
  });
});

const page = join(import.meta.dirname, '../../../docs/providers.md');

test('docs/providers.md says what the presets say', () => {
  const text = render();
  if (process.env['CASTELLAN_WRITE_DOCS'] === '1') writeFileSync(page, text);
  assert.equal(readFileSync(page, 'utf8'), text, 'run with CASTELLAN_WRITE_DOCS=1 and commit the page');
});

function render(): string {
  const lines = [
    '# Identity providers',
    '',
    `${presets.length} presets: what the tokens of a provider are like, by its name. Write the entry for your security scheme`,
    '(`docs/authentication.md`), with your values; whatever stands beside `preset` takes the place of what it says. `client` and',
    'their like may be lists where nothing else is built of them. `packages/guard/test/presets.test.ts` has a real provider give a',
    'token of each shape, and writes this page.',
    '',
    '```json',
    '{ "oauth": { "preset": "auth0", "domain": "acme.eu.auth0.com", "audience": "https://orders.acme.com" } }',
    '```',
    '',
    'AWS load balancers: the access token that they pass on is that of the provider behind them. Use its preset with',
    "`from: { header: 'x-amzn-oidc-accesstoken' }`. Their own `x-amzn-oidc-data` is not read.",
    '',
  ];
  for (const { name, title, parameters, example, entry, identity, note, source } of presets) {
    lines.push(`## ${title}`, '', '```json', JSON.stringify(example), '```', '');
    const named = Object.entries(parameters).map(([parameter, what]) => `\`${parameter}\`, ${what}`);
    if (named.length > 0) lines.push(`${named.join('; ')}.`, '');
    lines.push(`\`${name}\` stands for:`, '', '```json', JSON.stringify(entry, null, 2), '```', '');
    const who = [
      `subject \`${identity.subject}\``,
      ...(identity.groups === undefined ? [] : [`groups \`${identity.groups.join(' ')}\``]),
      ...(identity.scopes === undefined ? [] : [`scopes \`${identity.scopes.join(' ')}\``]),
      ...(identity.tenant === undefined ? [] : [`tenant \`${identity.tenant}\``]),
    ];
    lines.push(
      `Of the documented token: ${who.join(', ')}.${note === undefined ? '' : ` ${note}`} [Source](${source}).`,
      '',
    );
  }
  return lines.join('\n');
}
