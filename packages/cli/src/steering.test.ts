import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { printable, printableOutput } from '@castellan/assess/printable';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-steering-'));
after(() => rmSync(folder, { recursive: true }));

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
/** Each sign that a terminal, a browser or a CI log would obey. */
const signs = [
  ...range(0, 8),
  ...range(11, 31),
  ...range(0x7f, 0x9f),
  '\u061c',
  '\u200e',
  '\u200f',
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
  '\ufeff',
  '\u{e0041}',
];
/** Text that gives orders: escape sequences, forged lines of each kind of line end, and commands of several CI services. */
const orders = [
  '\u001b]0;TITLE\u0007\u001b[2J\u001b[31mred\u009b8m',
  ...['\n', '\r\n', '\r', '\u0085', '\u2028', '\u000b', '\u000c'].flatMap((end) => [
    `${end}forged`,
    `${end}::error::forged`,
    `${end} \t::add-mask::a`,
  ]),
  ' ##vso[task.setvariable variable=a]b ##[error]c ##teamcity[d]',
  '\u202egnp.exe\u2069',
];

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

async function castellan(args: readonly string[], interactive: boolean) {
  let out = '';
  let err = '';
  const status = await run(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive,
    cwd: folder,
    env: { SOURCE_DATE_EPOCH: '1700000000' },
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

/** What of an output still steers, or undefined. */
function steers(text: string, interactive: boolean, commands: boolean): string | undefined {
  // oxlint-disable-next-line no-control-regex -- colours and weights of the tool's own
  const rest = interactive ? text.replaceAll(/\u001b\[(?:1|2|22|31|31;1|32|33|36|39|0)m/g, '') : text;
  const sign = signs.find((one) => rest.includes(one));
  if (sign !== undefined) return `U+${sign.codePointAt(0)?.toString(16)} in ${JSON.stringify(rest.slice(0, 300))}`;
  const line = rest.split('\n').find((one) => /^\s*forged/.test(one) || (!commands && /^\s*::/.test(one)));
  return line ?? /##\w*\[.{0,20}/.exec(rest)?.[0];
}

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
  const texts = [signs.join(''), ...orders].map((text) => [text, ''] as const);
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
        const { status, out, err } = await castellan(args, interactive);
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
  const { out } = await castellan(['contract', file, '--json'], false);
  assert.equal((JSON.parse(out) as { readonly title: string }).title, `Orders${text}`);
});

test('files that are written hold nothing that steers, and an overlay still reaches what it names', async () => {
  const file = join(folder, 'written.json');
  writeFileSync(file, JSON.stringify(document('\u202e\u009b##[x]')));
  for (const format of ['text', 'json', 'html', 'junit'])
    await castellan(['check', file, '--format', format, '--output', `out.${format}`], false);
  await castellan(['threats', file, '--alone', '--out', 'model'], false);
  await castellan(['check', file, '--fix=all', '--fix-to', 'mends.yaml'], false);
  for (const name of [
    ...['out.text', 'out.json', 'out.html', 'out.junit', 'mends.yaml'],
    ...readdirSync(join(folder, 'model')).map((one) => join('model', one)),
  ])
    assert.equal(steers(readFileSync(join(folder, name), 'utf8'), false, false), undefined, name);
  const { status, err } = await castellan(['contract', file, '--overlay', 'mends.yaml'], false);
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
    const paths = Object.fromEntries(
      Array.from({ length: 1500 }, (_, n) => [`/things${n}`, { post: { operationId: `post${n}`, responses: {} } }]),
    );
    const file = join(folder, 'long.json');
    writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info: { title: 'Long', version: '1' }, paths }));
    for (const [args, expected] of [
      [['contract', file], 0],
      [['check', file, '--all', '--fail-on', 'info'], 1],
      [['check', file, '--all', '--watch'], 1],
    ] as const) {
      const { status, err } = await new Promise<{ readonly status: number | null; readonly err: string }>((done) => {
        const main = join(import.meta.dirname, 'main.ts');
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
