// promise: one-message
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuardCore } from '../core.ts';
import { Exchange } from '../exchange.ts';
import type { IncomingRequest } from '../incoming.ts';
import { frame } from './frame.ts';

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly fields?: readonly string[];
  readonly mode?: 'enforce' | 'observe';
}

/** The reason of the refusal, what the exchange knows of the message, and whether a forwarded request was noted. */
function framed({ method = 'GET', target = '/', fields = [], mode = 'enforce' }: Sent): {
  readonly refused: string | undefined;
  readonly type: string | undefined;
  readonly known: boolean;
  readonly address: string;
  readonly noted: number;
} {
  const incoming = { method, target, rawHeaders: fields, remoteAddress: '192.0.2.1' } as unknown as IncomingRequest;
  const exchange = new Exchange('1', incoming, 0, 0, undefined);
  exchange.mode = mode;
  let noted = 0;
  const core = {
    clientAddress: (peer: string, forwardedFor: string | undefined) => `${peer} for ${forwardedFor}`,
    untrustedProxy: { note: () => (noted += 1) },
  } as unknown as GuardCore;
  const refusal = frame(core, exchange);
  return {
    refused: refusal?.reason,
    type: refusal?.type,
    known: exchange.fields !== undefined,
    address: exchange.address,
    noted,
  };
}

const of = (count: number): string[] => Array.from({ length: count }, (_, at) => [`x-${at}`, '']).flat();
const long = (size: number): string[] => ['x-long', 'x'.repeat(size - 'x-long'.length)];

const limits: readonly (readonly [name: string, at: Sent, over: Sent, reason: string, type: string])[] = [
  [
    'the target',
    { target: `/${'x'.repeat(8191)}` },
    { target: `/${'x'.repeat(8192)}` },
    'target-over-limit',
    'uri-too-long',
  ],
  ['how many fields', { fields: of(100) }, { fields: of(101) }, 'too-many-fields', 'headers-too-large'],
  ['how long fields', { fields: long(32_768) }, { fields: long(32_769) }, 'fields-over-limit', 'headers-too-large'],
];
for (const [name, at, over, reason, type] of limits)
  test(`${name}: at the limit and one over it`, () => {
    assert.equal(framed(at).refused, undefined);
    const refused = framed(over);
    assert.deepEqual([refused.refused, refused.type, refused.known], [reason, type, false]);
    const observed = framed({ ...over, mode: 'observe' });
    assert.deepEqual([observed.refused, observed.known], [reason, true], 'what only watches reads on');
  });

const chunked = ['transfer-encoding', 'chunked'];
const fields: readonly (readonly [fields: readonly string[], reason: string | undefined])[] = [
  [[], undefined],
  [['content-length', '0'], undefined],
  [['content-length', '10'], undefined],
  [['content-length', '9'.repeat(15)], undefined],
  [['content-length', '9'.repeat(16)], 'bad-content-length'],
  [['content-length', ''], 'bad-content-length'],
  ...['+1', '-1', '1 ', '1a', '0x1', '1:', '/1', '1.0', '1,1'].map(
    (value) => [['content-length', value], 'bad-content-length'] as const,
  ),
  [['content-length', '1', 'content-length', '1'], 'duplicate-field'],
  [chunked, undefined],
  [[...chunked, 'content-length', '1'], 'length-conflict'],
  [[...chunked, ...chunked], 'duplicate-field'],
  [['host', 'a', 'host', 'a'], 'duplicate-field'],
  [['range', 'a', 'range', 'a'], 'duplicate-field'],
  // How the message ends comes before what else stands twice.
  [['range', 'a', 'range', 'a', 'content-length', 'x'], 'bad-content-length'],
  [['host', 'a', 'host', 'a', 'content-length', 'x'], 'duplicate-field'],
  ...['gzip', 'identity', 'gzip, chunked', 'Chunked', 'chunked, chunked', ''].map(
    (value) => [['transfer-encoding', value], 'transfer-encoding'] as const,
  ),
  ...[
    'close',
    'keep-alive',
    'Close',
    'keep-alive, Upgrade',
    ' te ,trailer',
    'HTTP2-Settings',
    'proxy-connection',
    ',',
  ].map((value) => [['connection', value], undefined] as const),
  ...['authorization', 'close, x-limit', 'x-limit, close', 'cookie', 'host'].map(
    (value) => [['connection', value], 'connection-option'] as const,
  ),
  [['connection', 'close', 'connection', 'x-limit'], 'connection-option'],
];
for (const [message, reason] of fields)
  test(`fields that frame a message: ${message.join(' ').slice(0, 60)}`, () => {
    const refused = framed({ fields: message });
    assert.deepEqual([refused.refused, refused.type], [reason, reason && 'malformed-request']);
    // Whoever reads the message otherwise does so under `observe` too.
    assert.equal(framed({ fields: message, mode: 'observe' }).refused, reason);
  });

test('a message that can be read has its address, even where it is refused', () => {
  assert.deepEqual(
    [framed({ fields: ['range', 'a', 'range', 'a'] }).known, framed({ fields: ['host', 'a', 'host', 'a'] }).known],
    [true, false],
  );
  assert.equal(framed({}).address, '192.0.2.1 for undefined');
  assert.equal(framed({ fields: ['x-forwarded-for', '203.0.113.9'] }).address, '192.0.2.1 for 203.0.113.9');
});

test('what says that it was forwarded is noted', () => {
  for (const [name, noted] of [
    ['x-forwarded-for', 1],
    ['forwarded', 1],
    ['x-real-ip', 1],
    ['via', 0],
  ] as const)
    assert.equal(framed({ fields: [name, '203.0.113.9'] }).noted, noted, name);
});

test('methods are tokens of upper-case letters', () => {
  for (const method of ['GET', 'QUERY', 'M-SEARCH', 'X', 'PROPFIND', `A${'B'.repeat(30)}`])
    assert.equal(framed({ method }).refused, undefined, method);
  for (const method of ['get', 'Get', '', '1GET', 'G_T', 'GET ', `A${'B'.repeat(31)}`])
    assert.equal(framed({ method }).refused, 'bad-method', method);
});
