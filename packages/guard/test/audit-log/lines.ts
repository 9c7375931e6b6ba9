// A log of many events, made at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { LogWriter, type LogOptions } from '../../src/audit/log/writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let logs = 0;

/** A folder for a log, gone with the test. */
export function logFolder(): string {
  return join(folder, String(logs++));
}

const options: Omit<LogOptions, 'directory'> = {
  sync: false,
  segmentBytes: 64 * 1024 * 1024,
  segmentAge: 86_400_000,
  headInterval: 1000,
  compress: true,
  retention: {},
};

/** Time of the first event of a log. */
const start = Date.UTC(2026, 0, 1);

/** One event, without the line end. */
function eventLine(at: number): string {
  const refused = at % 7 === 0;
  return JSON.stringify({
    class_uid: 6003,
    time: start + at * 1000,
    metadata: { uid: `request-${at}` },
    api: { operation: `op${at % 5}` },
    actor: { user: { uid: `user${at % 11}` } },
    http_response: { code: refused ? 403 : 200 },
    unmapped: {
      castellan: {
        allowed: refused ? undefined : [{ action: 'read', policies: [], object: { type: 'Order', id: `o${at % 13}` } }],
        refused: refused
          ? { stage: 'authorize', type: 'forbidden', object: { type: 'Order', id: `o${at % 13}` } }
          : undefined,
        mode: 'enforce',
      },
    },
  });
}

/** Writes a log, some events at a time, with a clock that goes on a second for each event. */
export function writeLog(directory: string, events: number, more: Partial<LogOptions> = {}, at = 0): LogWriter {
  let now = start + at * 1000;
  const writer = new LogWriter({ ...options, ...more, directory }, () => now);
  for (let from = at; from < at + events; from += 3) {
    const lines = Array.from({ length: Math.min(3, at + events - from) }, (_, index) => eventLine(from + index));
    now += lines.length * 1000;
    writer.append(Buffer.from(`${lines.join('\n')}\n`), lines.length);
  }
  return writer;
}
