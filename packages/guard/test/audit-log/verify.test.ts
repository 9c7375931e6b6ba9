// Whatever is changed in a log is found, and the check says where.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { verifyLog } from '../../src/audit/log/verify.ts';
import { writeLog, logFolder } from './lines.ts';

/** A sequence of numbers that is the same each time (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function original(compress: boolean): string {
  const directory = logFolder();
  // Several segments; the last one is closed as well.
  writeLog(directory, 120, { compress, segmentBytes: 12_000, headInterval: 15_000 }).close();
  return directory;
}

type Tamper = (lines: string[], pick: (below: number) => number) => string[] | string;
const lineTampers: Readonly<Record<string, Tamper>> = {
  'a character': (lines, pick) => {
    const at = pick(lines.length);
    const line = lines[at] ?? '';
    const place = pick(line.length);
    const other = String.fromCharCode(33 + ((line.charCodeAt(place) - 33 + 1 + pick(90)) % 94));
    return lines.with(at, `${line.slice(0, place)}${other}${line.slice(place + 1)}`);
  },
  'a line removed': (lines, pick) => lines.toSpliced(pick(lines.length), 1),
  'several removed': (lines, pick) => lines.toSpliced(pick(lines.length), 1 + pick(5)),
  'a line twice': (lines, pick) => {
    const at = pick(lines.length);
    return lines.toSpliced(at, 0, lines[at] ?? '');
  },
  'a line of elsewhere put in': (lines, pick) =>
    lines.toSpliced(pick(lines.length + 1), 0, lines[pick(lines.length)] ?? ''),
  'two lines in each other’s place': (lines, pick) => {
    const [a, b] = [pick(lines.length), pick(lines.length)];
    const other = a === b ? (b + 1) % lines.length : b;
    return lines.length < 2 ? [] : lines.with(a, lines[other] ?? '').with(other, lines[a] ?? '');
  },
  'cut behind a line': (lines, pick) => lines.slice(0, pick(lines.length)),
  'cut within a line': (lines, pick) => {
    const text = `${lines.join('\n')}\n`;
    return text.slice(0, pick(text.length - 1));
  },
  'a line that somebody wrote': (lines, pick) => lines.toSpliced(pick(lines.length + 1), 0, '{"class_uid":6003}'),
  'a line end put in': (lines, pick) => {
    const text = `${lines.join('\n')}\n`;
    const at = pick(text.length);
    return `${text.slice(0, at)}\n${text.slice(at)}`;
  },
  'a byte put in behind the end': (lines) => `${lines.join('\n')}\nx`,
};

const names = Object.keys(lineTampers);

/** Changes one file of a log; false where nothing is another than before. */
function tamper(directory: string, file: string, name: string, pick: (below: number) => number): boolean {
  const path = join(directory, file);
  const packed = file.endsWith('.zst');
  const before = packed ? zstdDecompressSync(readFileSync(path)).toString() : readFileSync(path, 'utf8');
  const change = lineTampers[name];
  if (change === undefined) return false;
  const changed = change(before.replace(/\n$/, '').split('\n'), pick);
  const after = typeof changed === 'string' ? changed : changed.map((line) => `${line}\n`).join('');
  if (after === before) return false;
  writeFileSync(path, packed ? zstdCompressSync(after) : after);
  return true;
}

test('a log as it was written has no findings', () => {
  for (const compress of [true, false]) {
    const { findings, notes, lines, segments } = verifyLog(original(compress));
    assert.deepEqual(
      [findings, notes, segments],
      [[], [], lines - 120],
      'a line for each event, and one for each segment',
    );
    assert.ok(segments >= 3);
  }
});

// promise: changes-found
test('1,000 random tamperings, in segments and in the list of heads, are all found', { timeout: 250_000 }, () => {
  const pick = random(20_260_101);
  const missed: string[] = [];
  let done = 0;
  const logs = [original(true), original(false)];
  while (done < 1000) {
    const source = logs[done % 2] ?? '';
    const files = readdirSync(source).filter((file) => /\.jsonl(?:\.zst)?$/.test(file));
    const file = files[pick(files.length)] ?? '';
    const name = names[pick(names.length)] ?? '';
    const path = join(source, file);
    const bytes = readFileSync(path);
    if (tamper(source, file, name, pick)) {
      done += 1;
      if (verifyLog(source).findings.length === 0) missed.push(`${file}: ${name}`);
    }
    writeFileSync(path, bytes);
  }
  assert.deepEqual(missed, []);
});

test('a finding says which record it is', () => {
  const source = original(false);
  const file = '000000002.jsonl';
  const cases: Readonly<Record<string, readonly [change: (lines: string[]) => string[], kind: string, what: RegExp]>> =
    {
      changed: [
        (lines) => lines.with(4, (lines[4] ?? '').replace('user', 'eve_')),
        'changed',
        /^record (\d+) was changed/,
      ],
      removed: [(lines) => lines.toSpliced(4, 2), 'removed', /^records (\d+) to \d+ were removed/],
      twice: [(lines) => lines.toSpliced(5, 0, lines[4] ?? ''), 'misplaced', /^record (\d+) stands where/],
      truncated: [(lines) => lines.slice(0, 4), 'truncated', /^records (\d+) to \d+ were removed at the end/],
    };
  for (const [name, [change, kind, what]] of Object.entries(cases)) {
    const copy = logFolder();
    cpSync(source, copy, { recursive: true });
    const lines = readFileSync(join(copy, file), 'utf8').replace(/\n$/, '').split('\n');
    const number = Number(/"n":(\d+),"chain"/.exec(lines[4] ?? '')?.[1]);
    writeFileSync(
      join(copy, file),
      change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const finding = verifyLog(copy).findings.find((one) => one.kind === kind);
    assert.equal(Number(what.exec(finding?.what ?? '')?.[1]), number, name);
    assert.match(finding?.where ?? '', /^000000002\.jsonl:\d+$/, name);
  }
});

test('whole files that are gone, changed or strange are found', () => {
  const source = original(true);
  const changes: Readonly<Record<string, (copy: string) => void>> = {
    'a segment is gone': (copy) => rmSync(join(copy, '000000002.jsonl.zst')),
    'the last segment is gone': (copy) =>
      rmSync(
        join(
          copy,
          readdirSync(copy)
            .filter((file) => file.endsWith('.zst'))
            .sort()
            .at(-1) ?? '',
        ),
      ),
    'the first segment is gone': (copy) => rmSync(join(copy, '000000001.jsonl.zst')),
    'two segments in each other’s place': (copy) => {
      renameSync(join(copy, '000000001.jsonl.zst'), join(copy, 'x'));
      renameSync(join(copy, '000000002.jsonl.zst'), join(copy, '000000001.jsonl.zst'));
      renameSync(join(copy, 'x'), join(copy, '000000002.jsonl.zst'));
    },
    'a segment twice': (copy) => copyFileSync(join(copy, '000000001.jsonl.zst'), join(copy, '000000099.jsonl.zst')),
    'an index is gone': (copy) => rmSync(join(copy, '000000001.idx')),
    'an index is another': (copy) => copyFileSync(join(copy, '000000002.idx'), join(copy, '000000001.idx')),
    'the list of heads is gone': (copy) => rmSync(join(copy, 'heads.jsonl')),
    'the last head is gone': (copy) => rmSync(join(copy, 'last-head.json')),
    'the last head is another': (copy) => appendFileSync(join(copy, 'last-head.json'), 'x'),
    'bytes of a segment': (copy) => {
      const bytes = readFileSync(join(copy, '000000002.jsonl.zst'));
      bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
      writeFileSync(join(copy, '000000002.jsonl.zst'), bytes);
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    const copy = logFolder();
    cpSync(source, copy, { recursive: true });
    change(copy);
    assert.notDeepEqual(verifyLog(copy).findings, [], name);
  }
});

test('a log that somebody wrote anew is found by its key, or by heads that were anchored', () => {
  const [own, forged] = [original(false), original(false)];
  const { firstKey } = verifyLog(own);
  assert.deepEqual(verifyLog(forged).findings, []);
  assert.notDeepEqual(verifyLog(forged, { key: firstKey }).findings, []);
  assert.deepEqual(verifyLog(own, { key: firstKey, anchors: [join(own, 'heads.jsonl')] }).findings, []);
  assert.notDeepEqual(verifyLog(forged, { anchors: [join(own, 'heads.jsonl')] }).findings, []);
});

test('cut at the end in the log and in its heads: the anchored heads tell', () => {
  const directory = logFolder();
  writeLog(directory, 30, { headInterval: 5000, compress: false }).close();
  const heads = readFileSync(join(directory, 'heads.jsonl'), 'utf8').trimEnd().split('\n');
  const kept = heads.slice(0, -2);
  const anchors = join(directory, 'anchored');
  writeFileSync(anchors, `${heads.join('\n')}\n`);
  writeFileSync(join(directory, 'heads.jsonl'), `${kept.join('\n')}\n`);
  writeFileSync(join(directory, 'last-head.json'), `${kept.at(-1)}\n`);
  const segment = join(directory, '000000001.jsonl');
  const { n } = JSON.parse(kept.at(-1) ?? '') as { readonly n: number };
  writeFileSync(segment, `${readFileSync(segment, 'utf8').split('\n').slice(0, n).join('\n')}\n`);
  assert.deepEqual(
    verifyLog(directory).findings,
    [],
    'what nobody signed outside cannot be told from a process that was killed',
  );
  assert.deepEqual(
    verifyLog(directory, { anchors: [anchors] }).findings.map(({ kind }) => kind),
    ['truncated', 'truncated'],
  );
});

test('a process that is killed while it closes a segment leaves a log that the next one goes on with', () => {
  const directory = logFolder();
  writeLog(directory, 20, { compress: false }).close();
  const [lines, heads] = ['000000001.jsonl', 'heads.jsonl'].map((file) => readFileSync(join(directory, file)));
  assert.ok(lines !== undefined && heads !== undefined);
  // Compressed and indexed, and no head says so yet.
  const before = logFolder();
  cpSync(directory, before, { recursive: true });
  rmSync(join(before, 'heads.jsonl'));
  rmSync(join(before, 'last-head.json'));
  writeFileSync(join(before, '000000001.jsonl.zst'), zstdCompressSync(lines));
  assert.deepEqual(verifyLog(before).findings, []);
  writeLog(before, 5, {}, 20).close();
  const after = verifyLog(before);
  assert.deepEqual([after.findings, after.lines], [[], 27]);
  assert.match(after.notes.join(), /killed/);
  // A head says so, and the lines are there still.
  const behind = logFolder();
  writeLog(behind, 20).close();
  writeFileSync(join(behind, '000000001.jsonl'), zstdDecompressSync(readFileSync(join(behind, '000000001.jsonl.zst'))));
  assert.deepEqual(verifyLog(behind).findings, []);
  writeLog(behind, 5, {}, 20).close();
  assert.deepEqual([verifyLog(behind).findings, readdirSync(behind).includes('000000001.jsonl')], [[], false]);
});
