// promise: inflate-limit
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { contentCodings, inflate } from './inflate.ts';

const text = Buffer.from(JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `item ${id * 7919}` }))));

const codings: readonly [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['gzip', zlib.gzipSync],
  ['X-GZIP', zlib.gzipSync],
  [' Deflate ', zlib.deflateSync],
  ['br', zlib.brotliCompressSync],
  ...(contentCodings.includes('zstd')
    ? [['zstd', zlib.zstdCompressSync] as [string, (bytes: Uint8Array) => Uint8Array]]
    : []),
];

for (const [coding, compress] of codings) {
  test(`${coding.trim()}: inflated, and refused when cut, damaged, followed by more, or a bomb`, async () => {
    const bytes = compress(text);
    const result = await inflate(bytes, coding, 1 << 20);
    assert.equal(result.outcome, 'inflated');
    assert.ok('bytes' in result && Buffer.from(result.bytes).equals(text));
    assert.deepEqual(await inflate(bytes.subarray(0, -4), coding, 1 << 20), { outcome: 'corrupt' });
    assert.deepEqual(await inflate(Buffer.concat([bytes, Buffer.from('{}')]), coding, 1 << 20), { outcome: 'corrupt' });
    assert.deepEqual(await inflate(new Uint8Array(0), coding, 1 << 20), { outcome: 'corrupt' });
    assert.deepEqual(await inflate(bytes, coding, text.length - 1), { outcome: 'too-large' });
    assert.equal((await inflate(bytes, coding, text.length)).outcome, 'inflated');
    const bomb = compress(Buffer.alloc(10_000_000));
    assert.deepEqual(await inflate(bomb, coding, 100_000_000), { outcome: 'too-large' });
    assert.equal((await inflate(bomb, coding, 100_000_000, { maxRatio: 1_000_000 })).outcome, 'inflated');
  });
}

test('identity is passed on, everything else is not supported', async () => {
  assert.deepEqual(await inflate(text, 'identity', text.length), { outcome: 'inflated', bytes: text });
  assert.deepEqual(await inflate(text, 'identity', 5), { outcome: 'too-large' });
  for (const coding of ['compress', 'gzip, gzip', 'gzip,br', '', 'aes128gcm', '__proto__', 'gzip;q=1']) {
    assert.equal((await inflate(text, coding, 1 << 20)).outcome, 'unsupported', coding);
  }
});

test('a raw deflate stream without the zlib header is not what RFC 9110 calls deflate', async () => {
  assert.deepEqual(await inflate(zlib.deflateRawSync(text), 'deflate', 1 << 20), { outcome: 'corrupt' });
});
