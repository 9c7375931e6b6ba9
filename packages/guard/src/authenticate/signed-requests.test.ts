// Signed requests: what of each is signed, when, by whom, and how often.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest } from '../scheme.ts';
import type { SignaturesConfiguration } from './configuration.ts';
import { messageSignatureVerifier } from './message-signature.ts';
import { signatureBase } from './signature-base.ts';
import { parseDictionary, type InnerList } from './structured-fields.ts';

const scheme = { name: 'signed', type: 'http', scheme: 'signature' } as unknown as SecurityScheme;
const secret = 's'.repeat(40);
const now = 1_800_000_000_000;
const seconds = now / 1000;
const keys = {
  client: { key: secret, subject: 'billing', scopes: ['a'], groups: ['g'], tenant: 't' },
  other: { key: 'o'.repeat(40), subject: 'other' },
};
const usual = '("@method" "@authority" "@path" "@query")';

interface Sent {
  /** What is signed, with its parameters. */
  readonly input?: string;
  readonly label?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly at?: number;
  readonly arrivedAt?: number;
  /** In place of the fields that a client would write. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  readonly usedUp?: Set<string>;
}

const parametersOf = (more = '', created = seconds, keyid = 'client'): string =>
  `;created=${created};keyid="${keyid}"${more}`;

function requestOf({
  input = usual + parametersOf(),
  label = 'sig',
  headers = {},
  key = secret,
  at = now,
  arrivedAt,
  fields,
  usedUp,
}: Sent): SchemeRequest {
  const request = {
    incoming: { method: 'POST', target: '/a?b=1', rawHeaders: Object.entries(headers).flat(), headers },
    url: 'https://api.example.com/a',
    address: '',
    now: at,
    arrivedAt,
    usedUp,
  } as unknown as SchemeRequest;
  const list = parseDictionary(`${label}=${input}`)?.get(label) as InnerList | undefined;
  const base = list === undefined || !('items' in list) ? '' : (signatureBase(list, request) ?? '');
  const mac = createHmac('sha256', key).update(base).digest('base64');
  Object.assign(request.incoming.headers, {
    'signature-input': `${label}=${input}`,
    signature: `${label}=:${mac}:`,
    ...fields,
  });
  return request;
}

async function told(outcome: SchemeOutcome | Promise<SchemeOutcome>): Promise<string> {
  const settled = await outcome;
  if (settled.outcome === 'verified') return settled.identity.subject;
  return 'reason' in settled ? settled.reason : settled.outcome;
}

async function ask(sent: Sent, more: Partial<SignaturesConfiguration['signatures']> = {}): Promise<string> {
  const { verify } = await messageSignatureVerifier(scheme, {
    signatures: { keys, ...more },
  } as SignaturesConfiguration);
  return told(verify(requestOf({ ...sent, headers: { ...sent.headers } })));
}

type Row = readonly [name: string, sent: Sent, told: string, more?: Partial<SignaturesConfiguration['signatures']>];
const digest = { 'content-digest': 'sha-256=:AAAA:', 'content-length': '3' };
const rows: readonly Row[] = [
  ['good', {}, 'billing'],
  ['by another client', { input: usual + parametersOf('', seconds, 'other'), key: 'o'.repeat(40) }, 'other'],
  ['in another’s name', { input: usual + parametersOf('', seconds, 'other') }, 'bad-signature'],
  ['by nobody', { input: usual + parametersOf('', seconds, 'nobody') }, 'unknown-key'],
  ['by no name', { input: `${usual};created=${seconds}` }, 'unknown-key'],
  ['by a name that is no text', { input: `${usual};created=${seconds};keyid=client` }, 'unknown-key'],
  ['neither field', { fields: { 'signature-input': undefined, signature: undefined } }, 'missing'],
  ['one field', { fields: { signature: undefined } }, 'signature-malformed'],
  ['the other field', { fields: { 'signature-input': undefined } }, 'which-signature'],
  ['a broken field', { fields: { 'signature-input': 'sig=(' } }, 'signature-malformed'],
  ['the other one broken', { fields: { signature: 'sig=:' } }, 'signature-malformed'],
  ['under another label', { fields: { signature: 'other=:AAAA:' } }, 'signature-malformed'],
  ['a text', { fields: { signature: 'sig="AAAA"' } }, 'signature-malformed'],
  ['a list', { fields: { signature: 'sig=(:AAAA:)' } }, 'signature-malformed'],
  ['an item for a list', { fields: { 'signature-input': 'sig="x"' } }, 'which-signature'],
  [
    'two',
    { fields: { 'signature-input': `sig=${usual}${parametersOf()}, b=${usual}${parametersOf()}` } },
    'which-signature',
  ],
  ['the one of two with the tag', { input: usual + parametersOf(';tag="mine"') }, 'billing', { tag: 'mine' }],
  ['another tag', { input: usual + parametersOf(';tag="other"') }, 'which-signature', { tag: 'mine' }],
  ['no tag', {}, 'which-signature', { tag: 'mine' }],
  ['the algorithm of the key', { input: usual + parametersOf(';alg="hmac-sha256"') }, 'billing'],
  ['another algorithm', { input: usual + parametersOf(';alg="ed25519"') }, 'algorithm-not-allowed'],
  ['an algorithm that is no text', { input: usual + parametersOf(';alg=hmac-sha256') }, 'algorithm-not-allowed'],
  // Times, to the second.
  ['no time', { input: `${usual};keyid="client"` }, 'signature-without-time'],
  ['a time that is a text', { input: `${usual};created="${seconds}";keyid="client"` }, 'signature-without-time'],
  ['30 s ahead', { input: usual + parametersOf('', seconds + 30) }, 'billing'],
  ['31 s ahead', { input: usual + parametersOf('', seconds + 31) }, 'signature-from-the-future'],
  ['300 s old', { input: usual + parametersOf('', seconds - 300) }, 'billing'],
  ['301 s old', { input: usual + parametersOf('', seconds - 301) }, 'signature-too-old'],
  ['60 s old of 60', { input: usual + parametersOf('', seconds - 60) }, 'billing', { maxAge: 60 }],
  ['61 s old of 60', { input: usual + parametersOf('', seconds - 61) }, 'signature-too-old', { maxAge: 60 }],
  ['old when asked again', { input: usual + parametersOf('', seconds - 301), arrivedAt: now - 1000 }, 'billing'],
  ['not yet over', { input: usual + parametersOf(`;expires=${seconds + 1}`) }, 'billing'],
  ['over', { input: usual + parametersOf(`;expires=${seconds}`) }, 'signature-expired'],
  ['an end that is a text', { input: usual + parametersOf(`;expires="${seconds + 1}"`) }, 'signature-expired'],
  // What is covered.
  ['no query', { input: `("@method" "@authority" "@path")${parametersOf()}` }, 'signature-covers-too-little'],
  ['no method', { input: `("@target-uri")${parametersOf()}` }, 'signature-covers-too-little'],
  ['the whole address', { input: `("@method" "@target-uri")${parametersOf()}` }, 'billing'],
  [
    'the scheme by the whole address',
    { input: `("@method" "@target-uri")${parametersOf()}` },
    'billing',
    { components: ['@method', '@scheme'] },
  ],
  [
    'a field by the whole address',
    { input: `("@method" "@target-uri")${parametersOf()}`, headers: { date: 'x' } },
    'signature-covers-too-little',
    { components: ['date'] },
  ],
  ['a field', { input: `("date")${parametersOf()}`, headers: { date: 'x' } }, 'billing', { components: ['date'] }],
  ['nothing has to be', { input: `()${parametersOf()}` }, 'billing', { components: [] }],
  [
    'a part of a field',
    { input: `("@method" "@authority" "@path" "@query";x)${parametersOf()}` },
    'signature-covers-too-little',
  ],
  ['a field that is not there', { input: `("@method" "@target-uri" "date")${parametersOf()}` }, 'signature-component'],
  // Bodies.
  ['a body', { headers: { 'content-length': '3' } }, 'signature-without-content-digest'],
  ['a body in chunks', { headers: { 'transfer-encoding': 'chunked' } }, 'signature-without-content-digest'],
  ['an empty body', { headers: { 'content-length': '0' } }, 'billing'],
  [
    'a body whose digest is signed',
    { input: `("@method" "@target-uri" "content-digest")${parametersOf()}`, headers: digest },
    'billing',
  ],
  ['a nonce', { input: usual + parametersOf(';nonce="n"') }, 'billing', { nonce: true }],
  ['no nonce', {}, 'signature-without-nonce', { nonce: true }],
  ['an empty nonce', { input: usual + parametersOf(';nonce=""') }, 'signature-without-nonce', { nonce: true }],
];
for (const [name, sent, expected, more] of rows)
  test(`a signature: ${name}`, async () => assert.equal(await ask(sent, more), expected));

test('a signature is good once, and for the request that used it', async () => {
  const { verify, challenge, notices } = await messageSignatureVerifier(scheme, {
    signatures: { keys },
  } as unknown as SignaturesConfiguration);
  assert.deepEqual([challenge, notices], ['Signature', []]);
  const first = requestOf({ usedUp: new Set() });
  assert.deepEqual(
    [await told(verify(first)), await told(verify(first)), await told(verify(requestOf({})))],
    ['billing', 'billing', 'signature-used-before'],
  );
  // One nonce is one request, whatever else is signed.
  const withNonce = (created: number): SchemeRequest =>
    requestOf({ input: usual + parametersOf(';nonce="n"', created) });
  assert.deepEqual(
    [await told(verify(withNonce(seconds))), await told(verify(withNonce(seconds - 1)))],
    ['billing', 'signature-used-before'],
  );
});

test('how long it is remembered, and what where there is no room', async () => {
  const asked: unknown[] = [];
  const replay = { use: (...all: unknown[]): 'full' => (asked.push(...all), 'full') };
  const { verify } = await messageSignatureVerifier(scheme, { signatures: { keys, maxAge: 60, replay } } as never);
  assert.deepEqual(await verify(requestOf({ input: usual + parametersOf(';nonce="n"') })), {
    outcome: 'throttled',
    retryAfterSeconds: 30,
  });
  assert.deepEqual(asked, ['signature client nonce n', now + 120_000, now]);
});

test('what the body has to be', async () => {
  const of = async (sent: Sent): Promise<string | undefined> => {
    const { verify } = await messageSignatureVerifier(scheme, { signatures: { keys } } as never);
    const request = requestOf({ ...sent, headers: { ...sent.headers } });
    await verify(request);
    return request.contentDigest;
  };
  const covered = `("@method" "@target-uri" "content-digest")${parametersOf()}`;
  assert.equal(await of({ input: covered, headers: digest }), 'sha-256=:AAAA:');
  assert.equal(await of({}), '', 'a signature that covers no digest says that there is no body');
  assert.equal(await of({ input: usual + parametersOf('', seconds - 301) }), undefined);
});

test('who signed', async () => {
  const of = async (keyid: 'client' | 'other', key: string): Promise<unknown> => {
    const { verify } = await messageSignatureVerifier(scheme, { signatures: { keys } } as never);
    const outcome = await verify(requestOf({ input: usual + parametersOf('', seconds, keyid), key }));
    return outcome.outcome === 'verified' ? outcome.identity : outcome;
  };
  const none = { issuer: 'signed', claims: {} };
  assert.deepEqual(await of('client', secret), {
    ...none,
    subject: 'billing',
    scopes: ['a'],
    groups: ['g'],
    tenant: 't',
    credential: { kind: 'signature', id: 'client' },
  });
  assert.deepEqual(await of('other', 'o'.repeat(40)), {
    ...none,
    subject: 'other',
    scopes: [],
    groups: [],
    credential: { kind: 'signature', id: 'other' },
  });
});

test('clients that cannot sign are refused at the start', async () => {
  for (const [given, code] of [
    [{}, 'bad-authentication'],
    [undefined, 'bad-authentication'],
    [{ a: { key: 's'.repeat(31), subject: 'x' } }, 'weak-key'],
    [{ a: { key: '-----BEGIN PUBLIC KEY-----', subject: 'x' } }, 'bad-authentication'],
    [{ a: { key: '-----BEGIN PRIVATE KEY-----', subject: 'x' } }, 'bad-authentication'],
    [{ a: { key: { kty: 'oct', k: 'AAAA' }, subject: 'x' } }, 'weak-key'],
    [{ a: { key: { kty: 'XY' }, subject: 'x' } }, 'bad-authentication'],
  ] as const)
    await assert.rejects(
      messageSignatureVerifier(scheme, { signatures: { keys: given } } as never),
      { code },
      JSON.stringify(given),
    );
});
