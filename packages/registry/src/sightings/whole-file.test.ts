import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { piecesOf } from './open-file.ts';
import { readRecording, wholeFile } from './whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-whole-'));
after(() => rmSync(folder, { recursive: true }));

// promise: bombs-end
test('a compressed recording that becomes as large as it likes ends at the limit, in memory too', async () => {
  const filled = Buffer.alloc(64 * 1024 * 1024, ' ');
  filled.write('{"log":{"entries":[');
  for (const [name, bytes] of [
    ['bomb.har.gz', gzipSync(filled, { level: constants.Z_BEST_SPEED })],
    ['bomb.har.zst', zstdCompressSync(filled)],
    ['plain.har', filled],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    let read = 0;
    const counting = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of piecesOf(file)) {
        read += piece.length;
        yield piece;
      }
    };
    await assert.rejects(wholeFile(counting(), file, 1024 * 1024), { code: 'recording-too-large' });
    assert.ok(read < 2 * 1024 * 1024, `${name}: ${read} bytes were read`);
  }
});

test('a recording is read whatever it is packed by', async () => {
  const text = '{"log":{"entries":[]}}';
  for (const [name, bytes] of [
    ['a.har', Buffer.from(text)],
    ['b.har', gzipSync(text)],
    ['c.har', zstdCompressSync(text)],
  ] as const) {
    writeFileSync(join(folder, name), bytes);
    assert.equal(await readRecording(join(folder, name)), text);
  }
});
