import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../run.ts';
import type { Terminal } from '../verb.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-learn-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, 'openapi.json'),
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Things', version: '1' },
    paths: {
      '/things': {
        get: {
          operationId: 'list',
          responses: {
            200: {
              description: '',
              content: { 'application/json': { schema: { type: 'object', properties: { id: { type: 'string' } } } } },
            },
          },
        },
      },
    },
  }),
);

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function castellan(
  args: readonly string[],
  signal = new AbortController().signal,
  heard: (text: string) => void = () => {},
): Promise<Ran> {
  let [out, err] = ['', ''];
  const terminal: Terminal = {
    out(text) {
      out += text;
      heard(out);
    },
    err: (text) => (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal,
  };
  return { status: await run(args, terminal), out, err };
}

/** A gateway that runs while something is asked of it. */
async function gateway(args: readonly string[], ask: (url: string) => Promise<void>): Promise<Ran> {
  const stop = new AbortController();
  return new Promise((resolve, reject) => {
    let asked = false;
    const heard = (text: string): void => {
      const [, url] = /listening on (http:\/\/[\d.:]+)/.exec(text) ?? [];
      if (url === undefined || asked) return;
      asked = true;
      ask(url)
        .catch(reject)
        .finally(() => stop.abort());
    };
    castellan(['gateway', '--contract', join(folder, 'openapi.json'), '--port', '0', ...args], stop.signal, heard).then(
      resolve,
      reject,
    );
  });
}

const upstream = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"id":"a","note":"b","apiKey":"c"}');
});
let at = '';
before(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  await gateway(
    ['--upstream', at, '--mode', 'observe', '--learn', join(folder, 'learnt'), '--learn-max', '1MB'],
    async (url) => {
      for (let times = 0; times < 3; times++) await (await fetch(`${url}/things`)).arrayBuffer();
    },
  );
});
after(() => upstream.close());

test('what the gateway records is learnt, and the overlay is one that enforce works with', async () => {
  assert.deepEqual(
    readdirSync(join(folder, 'learnt'))
      .map((name) => name.replace(/.*\./, ''))
      .sort(),
    ['jsonl', 'key'],
  );
  const learnt = await castellan(['learn', 'learnt', '--contract', 'openapi.json', '--out', 'learnt.overlay.json']);
  assert.equal(learnt.status, 0);
  assert.match(
    learnt.out,
    /^Things\n {2}3 exchanges of 1 callers with 1 operations\n {2}with the overlay, enforce would let 0 of the 3 exchanges pass/m,
  );
  assert.match(learnt.out, /property \/apiKey; seen 3 times from one caller \(the name is that of a secret\)/);
  let [open, closed] = ['', ''];
  await gateway(['--upstream', at], async (url) => {
    closed = await (await fetch(`${url}/things`)).text();
  });
  await gateway(['--upstream', at, '--overlay', join(folder, 'learnt.overlay.json')], async (url) => {
    open = await (await fetch(`${url}/things`)).text();
  });
  assert.deepEqual([closed, open], ['{"id":"a"}', '{"id":"a","note":"b"}']);
});

test('--check says by its status whether anything would still break; --accept all answers the questions', async () => {
  const args = ['learn', 'learnt', '--contract', 'openapi.json', '--check'];
  assert.equal((await castellan(args)).status, 1);
  assert.equal((await castellan([...args, '--accept', 'all'])).status, 0);
});

test('--watch tells what is known so far, and what is new only once', { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  let told = (): void => {};
  const watching = castellan(
    ['learn', 'live', '--contract', 'openapi.json', '--watch', '--out', 'live.overlay.json'],
    stop.signal,
    (out) => {
      seen.push(out);
      told();
    },
  );
  const record = async (path: string): Promise<void> => {
    const more = new Promise<void>((resolve) => (told = resolve));
    await gateway(['--upstream', at, '--mode', 'observe', '--learn', join(folder, 'live')], async (url) => {
      for (let times = 0; times < 2; times++) await (await fetch(url + path)).arrayBuffer();
    });
    await more;
  };
  await record('/things');
  assert.match(seen.at(-1) ?? '', /^2 exchanges of 1 callers; 1 of 1 operations called;.*\n {2}\+ GET \/things: /);
  assert.match(seen.at(-1) ?? '', /\? GET \/things: .*apiKey.*secret/);
  await record('/health');
  stop.abort();
  const { status, out, err } = await watching;
  assert.equal(status, 0);
  assert.match(out, /\n4 exchanges of/);
  assert.match(out, /\n {2}\/ GET \/health is no part of the API; seen 2 times/);
  assert.equal(out.match(/apiKey/g)?.length, 1);
  assert.equal(err, 'castellan: watching live; Ctrl-C ends it\n');
  assert.ok(existsSync(join(folder, 'live.overlay.json')));
});

test('reports in other formats', async () => {
  const of = async (format: string): Promise<string> =>
    (await castellan(['learn', 'learnt', '--contract', 'openapi.json', '--format', format])).out;
  assert.match(await of('html'), /^<!doctype html>/);
  assert.match(await of('markdown'), /^# Things/);
  assert.equal((JSON.parse(await of('json')) as { exchanges: number }).exchanges, 3);
});

const mistakes: readonly (readonly [name: string, args: readonly string[], said: RegExp])[] = [
  ['no directory', ['--contract', 'openapi.json'], /one directory of records is read; write castellan learn DIR/],
  ['no contract', ['learnt'], /--contract is missing/],
  ['a directory without records', ['nothing', '--contract', 'openapi.json'], /holds no records; record some first/],
  ['another word to accept', ['learnt', '--contract', 'openapi.json', '--accept', 'save'], /accept/],
  [
    'a file that cannot be written',
    ['learnt', '--contract', 'openapi.json', '--out', 'no/such/x.json'],
    /the overlay cannot be written \(ENOENT\)/,
  ],
];
for (const [name, args, said] of mistakes)
  test(`${name} is one line`, async () => {
    const { status, out, err } = await castellan(['learn', ...args]);
    assert.equal(status, 2);
    assert.equal(out, '');
    assert.match(err, said);
    assert.equal(err.trim().split('\n').length, 1);
  });

test('a line that is no record is named with its file and line', async () => {
  const directory = join(folder, 'learnt');
  const file = readdirSync(directory).find((name) => name.endsWith('.jsonl')) ?? '';
  const text = readFileSync(join(directory, file), 'utf8');
  writeFileSync(join(directory, file), `${text}{"v":1,"kind":"exchange"}\n`);
  const { status, err } = await castellan(['learn', 'learnt', '--contract', 'openapi.json']);
  writeFileSync(join(directory, file), text);
  assert.equal(status, 2);
  assert.match(err, new RegExp(`${file}:\\d+:1: the line is no record`));
  assert.ok(existsSync(join(directory, 'key')));
});
