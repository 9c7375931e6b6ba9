// What a verifier of one's own may say: who it is, that it is nobody, that the holder may not call; and that it is asked of anybody.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking } from './asked.ts';

const schemes: Readonly<Record<string, { readonly scheme: object; readonly sent: Readonly<Record<string, string>> }>> =
  {
    bearer: { scheme: { type: 'http', scheme: 'bearer' }, sent: { authorization: 'Bearer good-token' } },
    basic: { scheme: { type: 'http', scheme: 'basic' }, sent: { authorization: `Basic ${btoa('ada:secret')}` } },
    key: { scheme: { type: 'apiKey', in: 'header', name: 'x-key' }, sent: { 'x-key': 'good-key' } },
    oauth: { scheme: { type: 'oauth2', flows: {} }, sent: { authorization: 'Bearer good-token' } },
  };
type Verify = (credential: string, request: { readonly address: string }) => unknown;

async function asked(
  scheme: object,
  security: readonly object[],
  configuration: object,
  fields: Readonly<Record<string, string>>,
) {
  const other = { type: 'apiKey', in: 'header', name: 'x-other' };
  const api = await asking(
    apiOf(
      { '/a': { get: { operationId: 'a', security, responses: { 204: { description: 'x' } } } } },
      { components: { securitySchemes: { one: scheme, other } } },
    ),
    (_request, { auth }) => new Response(null, { status: 204, headers: { 'x-who': auth?.subject ?? 'nobody' } }),
    {
      authentication: {
        one: configuration,
        other: { verify: (key: string) => (key === 'good' ? { subject: 'other' } : undefined) },
      } as GuardOptions['authentication'],
    },
  );
  const answer = await api.ask({ fields });
  await api.end();
  return answer;
}
const only = [{ one: [] }];
const either = [{ one: [] }, { other: [] }];
const optional = [{ one: [] }, {}];

for (const [name, { scheme, sent }] of Object.entries(schemes))
  describe(name, () => {
    const forbids: Readonly<Record<string, Verify>> = {
      'at once': () => ({ forbidden: 'suspended' }),
      later: () => Promise.resolve({ forbidden: 'suspended' }),
      'beside who it is': () => ({ subject: 'ada', forbidden: 'suspended' }),
      'without a reason': () => ({ forbidden: true }),
    };
    for (const [how, verify] of Object.entries(forbids))
      test(`forbidden ${how}: 403`, async () => {
        for (const security of [only, either, optional]) {
          const { status, body, event, headers } = await asked(scheme, security, { verify }, sent);
          assert.equal(status, 403);
          assert.equal(headers.get('www-authenticate'), null);
          assert.ok(!body.includes('suspended'));
          assert.equal(event.refused?.reason, 'verifier-forbade');
          if (how !== 'without a reason') assert.match(event.refused.log ?? '', /suspended/);
        }
      });
    test("another scheme's good credential counts, a bad one changes nothing", async () => {
      const verify = forbids['at once'];
      assert.equal(
        (await asked(scheme, either, { verify }, { ...sent, 'x-other': 'good' })).headers.get('x-who'),
        'other',
      );
      assert.equal((await asked(scheme, either, { verify }, { ...sent, 'x-other': 'bad' })).status, 403);
    });
    test('forbidden: false is nothing', async () => {
      const answer = await asked(scheme, only, { verify: () => ({ subject: 'ada', forbidden: false }) }, sent);
      assert.equal(answer.headers.get('x-who'), 'ada');
    });

    test('asked without a credential', async () => {
      const verify: Verify = (credential, { address }) => {
        if (credential === '') return address === '192.0.2.1' ? { subject: 'inside' } : undefined;
        return credential.startsWith('good') || credential === 'ada:secret' ? { subject: 'ada' } : undefined;
      };
      const open = { verify, anonymous: true };
      assert.equal((await asked(scheme, only, open, {})).headers.get('x-who'), 'inside');
      assert.equal((await asked(scheme, only, { ...open, cache: 10 }, {})).headers.get('x-who'), 'inside');
      assert.equal((await asked(scheme, only, open, sent)).headers.get('x-who'), 'ada');
      assert.equal((await asked(scheme, only, { verify }, {})).status, 401);
      const nobody = { verify: () => undefined, anonymous: true };
      const refused = await asked(scheme, only, nobody, {});
      assert.deepEqual([refused.status, refused.event.refused?.reason], [401, 'no-credential']);
      assert.equal((await asked(scheme, optional, nobody, {})).headers.get('x-who'), 'nobody');
      assert.equal((await asked(scheme, optional, nobody, sent)).status, 401);
      assert.equal(
        (await asked(scheme, only, { verify: () => ({ forbidden: 'banned' }), anonymous: true }, {})).status,
        403,
      );
    });
  });
