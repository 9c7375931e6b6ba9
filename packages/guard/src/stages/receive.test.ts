import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { Exchange } from '../exchange.ts';
import { readFields } from '../fields.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Refusal } from '../problem.ts';
import { receive } from './receive.ts';

interface Sent {
  readonly fields?: readonly string[];
  readonly httpVersion?: string;
  /** What the connection has; undefined where the adapter cannot read a body. */
  readonly body?: string | Uint8Array | 'too-large' | 'aborted' | undefined;
  /** What was received before, the second time. */
  readonly before?: string;
  readonly digest?: string;
  readonly maxBody?: number;
}

interface Received {
  readonly refusal: Refusal | undefined;
  readonly body: string | undefined;
  /** With which limit the body was asked for. */
  readonly asked: number | undefined;
}

async function received(
  documented: boolean,
  { fields = [], httpVersion = '1.1', body, before, digest, maxBody }: Sent,
): Promise<Received> {
  let asked: number | undefined;
  const readBody = (limit: number): Promise<unknown> => {
    asked = limit;
    return Promise.resolve(
      typeof body === 'string' && body !== 'too-large' && body !== 'aborted' ? Buffer.from(body) : body,
    );
  };
  const incoming = { httpVersion, readBody: body === undefined ? undefined : readBody };
  const exchange = new Exchange('1', incoming as unknown as IncomingRequest, 0, 0, undefined);
  exchange.fields = readFields(fields);
  exchange.contentDigest = digest;
  if (before !== undefined) {
    exchange.again = true;
    exchange.body = before === '' ? undefined : Buffer.from(before);
  }
  const operation = { body: documented ? { content: [] } : undefined, castellan: { maxBody } } as unknown as Operation;
  const run = receive.compile({ settings: { maxBody: 10 } } as unknown as GuardCore, operation);
  const refusal = await run?.(exchange);
  return {
    refusal: refusal ?? undefined,
    body: exchange.body === undefined ? undefined : Buffer.from(exchange.body).toString(),
    asked,
  };
}

const lengthOf = (value: number | string): string[] => ['content-length', String(value)];
const chunked = ['transfer-encoding', 'chunked'];
const coded = (value: string): string[] => [...chunked, 'content-encoding', value];
const digest = (text: string): string => `sha-256=:${hash('sha256', text, 'base64')}:`;

type Row = readonly [name: string, sent: Sent, reason: string | undefined, body: string | undefined, asked?: number];

const documented: readonly Row[] = [
  ['none', {}, undefined, undefined],
  ['none, told by its length', { fields: lengthOf(0), body: '' }, undefined, undefined],
  ['as long as told', { fields: lengthOf(3), body: 'abc' }, undefined, 'abc', 10],
  ['at the limit', { fields: lengthOf(10), body: 'x'.repeat(10) }, undefined, 'x'.repeat(10), 10],
  ['over the limit, told before', { fields: lengthOf(11), body: 'x' }, 'body-over-limit', undefined],
  ['over the limit, seen when read', { fields: chunked, body: 'too-large' }, 'body-over-limit', undefined, 10],
  ['within the limit of the operation', { fields: lengthOf(11), body: 'abc', maxBody: 11 }, undefined, 'abc', 11],
  ['over the limit of the operation', { fields: lengthOf(3), body: 'abc', maxBody: 2 }, 'body-over-limit', undefined],
  ['in chunks', { fields: chunked, body: 'abc' }, undefined, 'abc', 10],
  ['cut off', { fields: chunked, body: 'aborted' }, 'body-aborted', undefined, 10],
  ['an adapter that cannot read', { fields: lengthOf(3) }, 'adapter-cannot-read-body', undefined],
  ['of HTTP/1.1 without a field', { body: 'abc' }, undefined, undefined],
  ['of HTTP/1.0 without a field', { body: 'abc', httpVersion: '1.0' }, undefined, undefined],
  ['of HTTP/2 without a field', { body: 'abc', httpVersion: '2.0' }, undefined, 'abc', 10],
  ['of HTTP/2, and nothing is there', { httpVersion: '2.0' }, undefined, undefined],
  ['not coded', { fields: coded('Identity'), body: 'abc' }, undefined, 'abc', 10],
  ['coded', { fields: coded('gzip'), body: gzipSync('abc') }, undefined, 'abc', 10],
  ['coded otherwise', { fields: coded('br'), body: brotliCompressSync('abc') }, undefined, 'abc', 10],
  ['coded in a way that nobody knows', { fields: coded('zip'), body: 'abc' }, 'content-encoding', undefined, 10],
  ['coded wrongly', { fields: coded('gzip'), body: 'abc' }, 'bad-compression', undefined, 10],
  ['a bomb', { fields: coded('gzip'), body: gzipSync('x'.repeat(11)) }, 'body-over-limit', undefined, 10],
  ['signed', { fields: chunked, body: 'abc', digest: digest('abc') }, undefined, 'abc', 10],
  ['signed otherwise', { fields: chunked, body: 'abd', digest: digest('abc') }, 'content-digest', undefined, 10],
  ['signed, and none came', { digest: digest('abc') }, 'content-digest', undefined],
  ['none signed, and none came', { digest: '' }, undefined, undefined],
  ['none signed, and one came', { fields: chunked, body: 'abc', digest: '' }, 'content-digest', undefined, 10],
  ['the second time, none', { before: '' }, undefined, undefined],
  ['the second time, at the limit', { before: 'x'.repeat(10) }, undefined, 'x'.repeat(10)],
  ['the second time, over a new limit', { before: 'x'.repeat(11) }, 'body-over-limit', 'x'.repeat(11)],
];

const undocumented: readonly Row[] = [
  ['none', {}, undefined, undefined],
  ['none, told by its length', { fields: lengthOf(0), body: '' }, undefined, undefined],
  ['one, told by its length', { fields: lengthOf(1), body: 'x' }, 'undocumented-body', undefined],
  ['one in chunks', { fields: chunked, body: 'x' }, 'undocumented-body', undefined, 0],
  ['an empty one in chunks', { fields: chunked, body: '' }, undefined, undefined, 0],
  ['one that is longer than nothing', { fields: chunked, body: 'too-large' }, 'undocumented-body', undefined, 0],
  ['one that is cut off', { fields: chunked, body: 'aborted' }, 'undocumented-body', undefined, 0],
  ['in chunks, of an adapter that cannot read', { fields: chunked }, undefined, undefined],
  ['one of HTTP/2', { body: 'x', httpVersion: '2.0' }, 'undocumented-body', undefined, 0],
  ['the second time, none', { before: '' }, undefined, undefined],
  ['the second time, one', { before: 'x' }, 'undocumented-body', 'x'],
];

for (const [rows, isDocumented] of [
  [documented, true],
  [undocumented, false],
] as const)
  for (const [name, sent, reason, body, asked] of rows)
    test(`a body where ${isDocumented ? 'one' : 'none'} is documented: ${name}`, async () => {
      const result = await received(isDocumented, sent);
      assert.deepEqual([result.refusal?.reason, result.body, result.asked], [reason, body, asked]);
    });

test('a refused body is told what would do', async () => {
  const of = async (sent: Sent, one = true): Promise<Refusal | undefined> => (await received(one, sent)).refusal;
  assert.deepEqual(await of({ fields: lengthOf(11) }), {
    type: 'too-large',
    reason: 'body-over-limit',
    detail: 'The body may have at most 10 bytes.',
  });
  const coding = await of({ fields: coded('zip'), body: 'abc' });
  assert.equal(coding?.type, 'unsupported-media-type');
  assert.match(coding.headers?.['accept-encoding'] ?? '', /gzip/);
  const none = await of({ fields: lengthOf(1) }, false);
  assert.deepEqual(
    none?.errors?.map(({ pointer, keyword }) => [pointer, keyword]),
    [['', 'undocumented-body']],
  );
});
