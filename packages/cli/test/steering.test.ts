import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { printable, printableOutput } from '@castellan/assess/printable';
import { castellan, signs, someOrders, steers } from './steering.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-steering-'));
after(() => rmSync(folder, { recursive: true }));

const document = (text: string, begins = '') => ({
  openapi: '3.1.0',
  info: { title: `${begins}Orders${text}`, version: `1${text}` },
  servers: [{ url: `https://a.example/${text}` }],
  security: [{ [`key${text}`]: [] }],
  paths: {
    [`/orders${text}/{id}`]: {
      get: {
        operationId: `get${text}`,
        tags: [`t${text}`],
        summary: text,
        'x-castellan': { rateLimit: { rate: '60/minute' } },
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: text,
            content: {
              'application/json': {
                schema: { type: 'object', properties: { [`password${text}`]: { type: 'string' }, [`a${text}`]: {} } },
              },
            },
          },
        },
      },
      put: {
        operationId: `put${text}`,
        security: [],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: {
          content: {
            'application/json': { schema: { type: 'object', properties: { [`role${text}`]: { type: 'string' } } } },
          },
        },
        responses: { [`20${text.length % 2}`]: { description: text, unknown: { [text]: 1 } } },
      },
    },
  },
  components: {
    securitySchemes: { [`key${text}`]: { type: 'apiKey', in: 'query', name: `k${text}` } },
    schemas: { [`S${text}`]: { type: `text${text}` } },
  },
});

const verbs = (file: string, plain: string): string[][] => [
  ['contract', file],
  ['contract', file, '--json'],
  ...['text', 'json', 'sarif', 'junit', 'html', 'github'].map((format) => ['check', file, '--all', '--format', format]),
  ...['text', 'markdown', 'json'].flatMap((format) => [
    ['diff', plain, file, '--format', format],
    ['diff', file, plain, '--format', format],
  ]),
  ...['text', 'markdown', 'html', 'json', 'svg', 'mermaid', 'threat-dragon', 'otm'].map((format) => [
    'threats',
    file,
    '--alone',
    '--format',
    format,
  ]),
  ['threats', file, '--alone', '--step', 'authentication'],
  ['types', file],
  ['policy', 'schema', file],
  ['contract', `${file}.missing`],
  ['check', file, '--ignore', `${file}.missing`],
];

test('no text of a document or file name steers a terminal or CI, in any format of any verb', async () => {
  const plain = join(folder, 'plain.json');
  writeFileSync(plain, JSON.stringify(document('')));
  const texts = [signs.join(''), ...someOrders].map((text) => [text, ''] as const);
  for (const [index, [text, begins]] of [
    ...texts,
    ['', '::error::'] as const,
    ['', ' \u00a0::stop-commands::'] as const,
  ].entries()) {
    const inside = join(folder, `f${index}${/[\0/]/.test(text) ? '' : text}`);
    mkdirSync(inside);
    const file = join(inside, 'api.json');
    writeFileSync(file, JSON.stringify(document(text, begins)));
    for (const args of verbs(file, plain))
      for (const interactive of [false, true]) {
        const { status, out, err } = await castellan(args, interactive, folder);
        const what = `${JSON.stringify(text)}: ${JSON.stringify(args)}`;
        assert.notEqual(status, 3, `${what} ${err}`);
        assert.equal(steers(out, interactive, args.includes('github')), undefined, what);
        assert.equal(steers(err, interactive, false), undefined, what);
        if (args.includes('json') || args.includes('--json') || args.includes('sarif'))
          assert.doesNotThrow(() => JSON.parse(out) as unknown, what);
      }
  }
});

test('JSON keeps every text as it is in the document', async () => {
  const text = `${signs.join('')}\r\n ##[error]`;
  const file = join(folder, 'whole.json');
  writeFileSync(file, JSON.stringify(document(text)));
  const { out } = await castellan(['contract', file, '--json'], false, folder);
  assert.equal((JSON.parse(out) as { readonly title: string }).title, `Orders${text}`);
});

test('files that are written hold nothing that steers, and an overlay still reaches what it names', async () => {
  const file = join(folder, 'written.json');
  writeFileSync(file, JSON.stringify(document('\u202e\u009b##[x]')));
  for (const format of ['text', 'json', 'html', 'junit'])
    await castellan(['check', file, '--format', format, '--output', `out.${format}`], false, folder);
  await castellan(['threats', file, '--alone', '--out', 'model'], false, folder);
  await castellan(['check', file, '--fix=all', '--fix-to', 'mends.yaml'], false, folder);
  for (const name of [
    'out.text',
    'out.json',
    'out.html',
    'out.junit',
    'mends.yaml',
    ...readdirSync(join(folder, 'model')).map((one) => join('model', one)),
  ])
    assert.equal(steers(readFileSync(join(folder, name), 'utf8'), false, false), undefined, name);
  const { status, err } = await castellan(['contract', file, '--overlay', 'mends.yaml'], false, folder);
  assert.deepEqual([status, err], [0, '']);
});

test('honest text is shown as it is, in every script', () => {
  for (const text of ['Größe: 3 × 4', 'סדר', 'میخواهم', '👩‍👧', 'a::b ## [link] #[x]', '日本語'])
    assert.deepEqual([printable(text), printableOutput(`${text}\n`)], [text, `${text}\n`]);
  assert.deepEqual(printable({ a: ['one\ntwo\n'] }), { a: [String.raw`one\ntwo`] });
  assert.equal(printableOutput('::error::x\n', { commands: true }), '::error::x\n');
});

test(
  'a reader that closes the pipe ends a verb without a word, and the verdict stays',
  { timeout: 60_000 },
  async () => {
    // More than any pipe holds: who writes it meets the end of the reader.
    const schema = { type: 'object', properties: { password: { type: 'string' } } };
    const responses = { 200: { description: '', content: { 'application/json': { schema } } } };
    const paths = Object.fromEntries(
      Array.from({ length: 1500 }, (_, n) => [`/things${n}/${'long'.repeat(100)}`, { get: { responses } }]),
    );
    const file = join(folder, 'long.json');
    writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Long', version: '1' }, paths }));
    for (const [args, expected] of [
      [['contract', file], 0],
      [['check', file, '--all', '--fail-on', 'info'], 1],
      [['check', file, '--all', '--watch'], 1],
    ] as const) {
      const { status, err } = await new Promise<{ readonly status: number | null; readonly err: string }>((done) => {
        const main = join(import.meta.dirname, '../src/main.ts');
        const child = spawn(process.execPath, ['--conditions=@castellan/source', main, ...args]);
        let text = '';
        child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.stdout.once('data', () => child.stdout.destroy());
        child.on('close', (code) => done({ status: code, err: text }));
      });
      assert.deepEqual([status, err.replace(/castellan: watching 1 file\n/, '')], [expected, ''], args.join(' '));
    }
  },
);
