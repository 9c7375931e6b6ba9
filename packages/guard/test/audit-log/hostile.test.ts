// promise: hostile-logs
// Files that somebody made to harm whoever checks or searches a log: they end in findings or in one error, within bounds.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import { searchLog } from '../../src/audit/log/search.ts';
import { signedHead, keyId } from '../../src/audit/log/signing.ts';
import { summarise } from '../../src/audit/log/summary.ts';
import { verifyLog } from '../../src/audit/log/verify.ts';
import type { Head } from '../../src/audit/log/format.ts';
import { logFolder, writeLog } from './lines.ts';

const source = logFolder();
writeLog(source, 120, { segmentBytes: 12_000, headInterval: 15_000 }).close();
const open = logFolder();
writeLog(open, 120, { segmentBytes: 12_000, headInterval: 15_000, compress: false }).close();

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const own = publicKey.export({ type: 'spki', format: 'der' }).toString('base64url');
const key = { id: keyId(own), publicKey: own, privateKey };
/** A list of heads that somebody signed with a key of their own: a log is not trusted because it is signed. */
function forged(heads: readonly Partial<Head>[]): string {
  return heads
    .map((head, at) =>
      signedHead(
        {
          head: at + 1,
          log: 'x',
          time: 0,
          segment: 1,
          n: 1,
          chain: 'x',
          bytes: 1,
          previous: '',
          key: key.id,
          ...(at === 0 ? { publicKey: own } : {}),
          ...head,
        },
        key,
      ),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Zeros that are no bytes of the disk. */
function sparse(file: string, bytes: number): void {
  writeFileSync(file, '');
  truncateSync(file, bytes);
}

const hostile: Readonly<Record<string, (copy: string) => void>> = {
  'a frame that inflates to 4 GB': (copy) => {
    const frame = zstdCompressSync(Buffer.alloc(33 * 1024 * 1024));
    const file = join(copy, '000000002.jsonl.zst');
    writeFileSync(file, Buffer.concat(Array.from({ length: 64 }, () => frame)));
  },
  'many frames that inflate to more than was signed': (copy) => {
    const frame = zstdCompressSync(Buffer.alloc(30 * 1024 * 1024, '{}\n'));
    writeFileSync(join(copy, '000000002.jsonl.zst'), Buffer.concat(Array.from({ length: 5000 }, () => frame)));
  },
  'a compressed segment of 5 GB of nothing': (copy) => sparse(join(copy, '000000002.jsonl.zst'), 5e9),
  'a segment that is one line': (copy) => {
    rmSync(join(copy, '000000002.jsonl.zst'), { force: true });
    sparse(join(copy, '000000002.jsonl'), 300 * 1024 * 1024);
  },
  'a segment of empty lines': (copy) => writeFileSync(join(copy, '000000002.jsonl'), '\n'.repeat(2_000_000)),
  'a head that is one line': (copy) => sparse(join(copy, 'heads.jsonl'), 300 * 1024 * 1024),
  'heads that are empty lines': (copy) => appendFileSync(join(copy, 'heads.jsonl'), '\n'.repeat(500_000)),
  'a segment number out of the world': (copy) =>
    writeFileSync(join(copy, 'heads.jsonl'), forged([{}, { segment: Number.MAX_SAFE_INTEGER - 1, closed: true }])),
  'segment numbers with holes': (copy) =>
    writeFileSync(
      join(copy, 'heads.jsonl'),
      forged(Array.from({ length: 200 }, (_, at) => ({ segment: (at + 1) * 1_000_000_007, closed: true }))),
    ),
  'segments in turns': (copy) =>
    writeFileSync(
      join(copy, 'heads.jsonl'),
      forged(Array.from({ length: 2000 }, (_, at) => ({ segment: 1 + (at % 2) }))),
    ),
  'numbers that are none': (copy) =>
    writeFileSync(join(copy, 'heads.jsonl'), forged([{ segment: 1.5 }, { n: -1 }, { head: 1e300 }] as Partial<Head>[])),
  'a public key that is none': (copy) =>
    writeFileSync(join(copy, 'heads.jsonl'), forged([{ publicKey: 'AAAA', key: keyId('AAAA') }, { next: '!' }])),
  'a last head of 200 MB': (copy) => sparse(join(copy, 'last-head.json'), 200e6),
  'an index of 3 GB': (copy) => sparse(join(copy, '000000002.idx'), 3e9),
  'an index that is cut': (copy) => truncateSync(join(copy, '000000002.idx'), 200),
  'an index that counts more than it has': (copy) => {
    const file = join(copy, '000000002.idx');
    const bytes = readFileSync(file);
    const at = bytes.indexOf('"records":') + 10;
    bytes.write('9', at);
    writeFileSync(file, bytes);
  },
  'an index with other offsets': (copy) => {
    const file = join(copy, '000000002.idx');
    const bytes = readFileSync(file);
    bytes.fill(0xfe, bytes.length >> 1);
    writeFileSync(file, bytes);
  },
  'a name of a segment that is a folder’s way out': (copy) =>
    writeFileSync(join(copy, `${'9'.repeat(40)}.jsonl`), 'x\n'),
};

for (const [from, kind] of [
  [source, 'compressed'],
  [open, 'lines'],
] as const)
  for (const [name, change] of Object.entries(hostile))
    test(`${name} (${kind})`, { timeout: 60_000 }, () => {
      const copy = logFolder();
      cpSync(from, copy, { recursive: true });
      change(copy);
      // Beside lines nobody looks at what is compressed: that is what a process leaves which is killed.
      if (kind === 'lines' && readdirSync(copy).includes('000000002.jsonl.zst')) return;
      const before = process.memoryUsage.rss();
      const { findings } = verifyLog(copy);
      assert.notDeepEqual(findings, []);
      assert.ok(findings.length <= 2500, `${findings.length} findings`);
      for (const read of [() => [...searchLog(copy, {})], () => summarise(copy, {})])
        try {
          read();
        } catch (error) {
          assert.ok(error instanceof CastellanError && error.code === 'audit-damaged', String(error));
        }
      assert.ok(process.memoryUsage.rss() - before < 700e6, 'memory is bounded');
      rmSync(copy, { recursive: true });
    });

test('a list of heads that is longer than any text goes on where it ended', { timeout: 200_000 }, () => {
  const directory = logFolder();
  writeLog(directory, 30, { compress: false, headInterval: 5000 }).close();
  const file = join(directory, 'heads.jsonl');
  const heads = readFileSync(file);
  // Before it 600 MB of lines that are none, as years of heads are: they are not read to go on.
  const [first = '', ...rest] = heads.toString().split(/(?<=\n)/);
  const junk = Buffer.alloc(600 * 1024 * 1024);
  for (let at = 0; at < junk.length; at += 1024) junk[at + 1023] = 0x0a;
  writeFileSync(file, Buffer.concat([Buffer.from(first), junk, Buffer.from(rest.join(''))]));
  writeLog(directory, 10, { compress: false }, 30).close();
  assert.ok(statSync(file).size > 600e6);
  const { heads: count, lines } = verifyLog(directory);
  assert.ok(count > 6 && lines === 42, 'heads before and behind are read');
  rmSync(directory, { recursive: true });
});
