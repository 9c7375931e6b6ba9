// npm run bench -- audit [--records 10000000] [--keep DIR]: writes an audit log, verifies it and searches it.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countMatches, searchLog, verifyLog, type Query } from '@castellan/guard/audit';
import { LogWriter } from '../../packages/guard/src/audit/log/writer.ts';

const { values } = parseArgs({
  options: { records: { type: 'string', default: '10000000' }, keep: { type: 'string' } },
});
const records = Number(values.records);
const directory = values.keep ?? mkdtempSync(join(tmpdir(), 'castellan-audit-'));
const start = Date.UTC(2026, 0, 1);
/** Milliseconds between two events: 30 a second. */
const pause = 33;

/** An event of a guard, with one of 100,000 callers, 1,000,000 objects and 60 operations. */
function line(at: number): string {
  const refused = at % 29 === 0;
  const object = `{"type":"Order","id":"${((at * 7919) % 1_000_003).toString(36).padStart(16, 'o')}"}`;
  const decided = refused
    ? `"refused":{"stage":"authorize","type":"forbidden","reason":"policy-denied","action":"getOrder","policies":[],"object":${object}}`
    : `"allowed":[{"action":"getOrder","policies":["owners-read"],"object":${object}}]`;
  return `{"class_uid":6003,"category_uid":6,"activity_id":2,"type_uid":600302,"severity_id":${refused ? 3 : 1},"status_id":${refused ? 2 : 1},"time":${start + at * pause},"duration":1.204,"metadata":{"version":"1.5.0","uid":"${at.toString(16).padStart(8, '0')}-53cf-4d59-8c1a-0cd4287c30d3","product":{"name":"Castellan","vendor_name":"Castellan"}},"api":{"operation":"operation${at % 60}","version":"1","service":{"name":"Shop"}},"actor":{"user":{"uid":"user-${(at * 104_729) % 100_003}"},"session":{"uid":"session-${at % 100_003}","issuer":"https://login.example.com"}},"src_endpoint":{"ip":"10.${at % 256}.${at % 199}.7"},"http_request":{"http_method":"GET","url":{"path":"/orders/{id}"}},"http_response":{"code":${refused ? 403 : 200}},"unmapped":{"castellan":{"mode":"enforce","contract":"0123456789ab","template":"/orders/{id}",${decided}}}}\n`;
}

interface Taken {
  readonly wall: number;
  readonly processor: number;
}
/** Milliseconds that something takes, by the clock and of the processor. */
function timed(work: () => void): Taken {
  const [before, cpu] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - before, processor: (user + system) / 1000 };
}
const shown = ({ wall, processor }: Taken): string =>
  `${wall.toFixed(0)} ms (${processor.toFixed(0)} ms of the processor)`;

if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true });
if (values.keep === undefined || !readdirSync(directory).includes('heads.jsonl')) {
  const writer = new LogWriter({
    directory,
    sync: false,
    segmentBytes: 64 * 1024 * 1024,
    segmentAge: 86_400_000,
    headInterval: 1000,
    compress: true,
    retention: {},
  });
  const batch = 500;
  const taken = timed(() => {
    for (let at = 0; at < records; at += batch) {
      let text = '';
      for (let one = at; one < Math.min(records, at + batch); one++) text += line(one);
      writer.append(Buffer.from(text), Math.min(batch, records - at));
    }
    writer.close();
  });
  const bytes = readdirSync(directory).reduce(
    (sum, file) => sum + (file.startsWith('0') ? statSync(join(directory, file)).size : 0),
    0,
  );
  console.log(`written: ${records} records, ${(bytes / 1e6).toFixed(0)} MB on the disk, ${shown(taken)}`);
}

let checked = { bytes: 0, findings: 0 };
const verified = timed(() => {
  const { bytes, findings } = verifyLog(directory);
  checked = { bytes, findings: findings.length };
});
const rate = (milliseconds: number): string => (checked.bytes / 1000 / milliseconds).toFixed(0);
console.log(
  `verify: ${(checked.bytes / 1e6).toFixed(0)} MB, ${checked.findings} findings, ${shown(verified)}: ${rate(verified.wall)} MB/s by the clock, ${rate(verified.processor)} MB/s of the processor`,
);

const slowest: number[] = [];
const middle = start + (records / 2) * pause;
const queries: Readonly<Record<string, Query>> = {
  'a caller': { principal: 'user-4711' },
  'a caller who is not there': { principal: 'nobody' },
  'an object': { resource: `Order ${((4711 * 7919) % 1_000_003).toString(36).padStart(16, 'o')}` },
  'refusals of an operation': { operation: 'operation7', decision: 'refused' },
  'a caller, refused, in an hour': {
    principal: 'user-4711',
    decision: 'refused',
    from: middle,
    to: middle + 3_600_000,
  },
  'everything in a minute': { from: middle, to: middle + 60_000 },
  'a request id': { id: `${(records >> 1).toString(16).padStart(8, '0')}-53cf-4d59-8c1a-0cd4287c30d3` },
  'all refusals': { decision: 'refused' },
};
for (const [name, query] of Object.entries(queries)) {
  let count = 0;
  const counted = timed(() => void (count = countMatches(directory, query)));
  let first = 0;
  const found = timed(() => {
    for (const _ of searchLog(directory, query)) if (++first >= 100) break;
  });
  slowest.push(counted.wall, found.wall);
  console.log(`${name}: ${count} counted in ${shown(counted)}; the newest ${first} shown in ${shown(found)}`);
}
const verifiedAt = checked.bytes / 1000 / verified.wall;
console.log(`aim: verify at least 200 MB/s: ${verifiedAt >= 200 ? 'met' : 'NOT met'} (${verifiedAt.toFixed(0)})`);
const longest = Math.max(...slowest);
console.log(`aim: every search under 2 s: ${longest < 2000 ? 'met' : 'NOT met'} (${longest.toFixed(0)} ms)`);
if (values.keep === undefined) rmSync(directory, { recursive: true });
