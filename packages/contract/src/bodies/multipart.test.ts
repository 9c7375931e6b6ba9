import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../parameters/refused.ts';
import { boundaryOf, MultipartParser, type PartHead } from './multipart.ts';

interface Collected {
  readonly head: PartHead;
  data: Buffer;
  ended: boolean;
}

function parse(chunks: readonly (string | Buffer)[], boundary = 'b', maxParts = 10): Collected[] | string {
  const parts: Collected[] = [];
  const parser = new MultipartParser(
    boundary,
    {
      begin(head) {
        parts.push({ head, data: Buffer.alloc(0), ended: false });
        return undefined;
      },
      data(bytes) {
        const part = parts.at(-1);
        if (part !== undefined) part.data = Buffer.concat([part.data, bytes]);
        return undefined;
      },
      end() {
        const part = parts.at(-1);
        if (part !== undefined) part.ended = true;
        return undefined;
      },
    },
    { maxParts },
  );
  for (const chunk of chunks) {
    const refused = parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    if (refused !== undefined) {
      assert.equal(parser.push(Buffer.from('x')), refused);
      assert.equal(parser.end(), refused);
      return refused.keyword;
    }
  }
  return parser.end()?.keyword ?? parts;
}

const part = (head: string, data = 'x'): string => `--b\r\n${head}\r\n\r\n${data}\r\n`;
const field = (name: string, data: string): string => part(`Content-Disposition: form-data; name="${name}"`, data);
const whole = `${field('a', '1')}${part('content-disposition: form-data; name="f"; filename="x.png"\r\nContent-Type: image/png', 'da\r\n--\r\n-bta')}${field('empty', '')}--b--\r\n`;

function brief(parts: ReturnType<typeof parse>): unknown {
  return typeof parts === 'string'
    ? parts
    : parts.map(({ head, data, ended }) => [head.name, head.filename, head.contentType, data.toString(), ended]);
}

const expected = [
  ['a', undefined, undefined, '1', true],
  ['f', 'x.png', 'image/png', 'da\r\n--\r\n-bta', true],
  ['empty', undefined, undefined, '', true],
];

test('parts arrive with their heads and data', () => {
  assert.deepEqual(brief(parse([whole])), expected);
  assert.deepEqual(brief(parse([whole.replace(/\r\n$/, '')])), expected);
  assert.deepEqual(brief(parse(['--b--'])), []);
});

test('however the body is cut into chunks, the parts are the same', () => {
  assert.deepEqual(brief(parse([...whole])), expected);
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.toSorted((left, right) => left - right), whole.length];
      const chunks = places.slice(1).map((place, index) => whole.slice(places[index], place));
      assert.deepEqual(brief(parse(chunks)), expected);
    }),
    { seed: 3, numRuns: 2_000 },
  );
});

test('any bytes pass as data unless they hold the delimiter', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('\r', '\n', '-', '--b', '\r\n-', '\r\n--', 'b', '\r\n--c', '\0'), { maxLength: 20 }),
      fc.nat(50),
      (pieces, cut) => {
        const data = pieces.join('');
        fc.pre(!`${data}\r\n`.includes('\r\n--b'));
        const text = `${field('a', data)}--b--`;
        assert.deepEqual(brief(parse([text.slice(0, cut), text.slice(cut)])), [
          ['a', undefined, undefined, data, true],
        ]);
      },
    ),
    { seed: 3, numRuns: 5_000 },
  );
});

test('a body that begins with the line end of its first boundary is the same body', () => {
  for (const cut of [0, 1, 2, 3, 4, 5, 6])
    assert.deepEqual(brief(parse([`\r\n${whole}`.slice(0, cut), `\r\n${whole}`.slice(cut)])), expected, String(cut));
  for (const start of ['\r\n\r\n', '\n', '\r', '\r\n-', ' \r\n', '\r\nx'])
    assert.equal(parse([start + whole]), 'multipart', JSON.stringify(start));
});

test('a file name that is written twice, as .NET does, passes where both say the same', () => {
  const asWord = (name: string): string => `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`;
  const extended = (name: string): string => `UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, '_')}`;
  const named = (plain: string, star: string): unknown => {
    const parsed = parse([
      `${part(`Content-Disposition: form-data; name=a; filename=${plain}; filename*=${star}`, 'x')}--b--`,
    ]);
    return typeof parsed === 'string' ? parsed : parsed[0]?.head.filename;
  };
  fc.assert(
    fc.property(
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 20 })
        .filter((name) => /^[^\p{C}"\\/:'()*;,?=%]*[^\p{C}"\\/:'()*;,. ?=%]$/u.test(name)),
      fc.constantFrom('x', '..%2fx', 'a%00', '%ff'),
      (name, other) => {
        for (const plain of [`"${name}"`, `"${asWord(name)}"`]) {
          assert.equal(named(plain, extended(name)), name);
          assert.equal(named(plain, `utf-8'en'${encodeURIComponent(name)}`), name);
          assert.equal(named(plain, `utf-8''${other}${encodeURIComponent(name)}`), 'multipart');
          assert.equal(named(plain, `iso-8859-1''${encodeURIComponent(name)}`), 'multipart');
        }
      },
    ),
    { seed: 3, numRuns: 300 },
  );
  assert.equal(named('"../x"', "utf-8''..%2Fx"), 'filename');
  assert.equal(named(`"${asWord('../x')}"`, "utf-8''..%2Fx"), 'filename');
});

const refused: readonly [why: string, text: string, keyword: string][] = [
  ['preamble', `preamble\r\n${whole}`, 'multipart'],
  ['line feeds only', whole.replaceAll('\r\n', '\n'), 'multipart'],
  ['no end', field('a', '1'), 'multipart'],
  ['nothing', '', 'multipart'],
  ['epilogue', `${whole}more`, 'multipart'],
  ['second epilogue', `${whole}\r\n`, 'multipart'],
  ['space after boundary', whole.replace('--b\r\n', '--b \r\n'), 'multipart'],
  ['longer boundary inside', `${field('a', '1\r\n--bc')}--b--`, 'multipart'],
  ['no disposition', `${part('Content-Type: text/plain')}--b--`, 'multipart'],
  ['attachment', `${part('Content-Disposition: attachment; name="a"')}--b--`, 'multipart'],
  ['no name', `${part('Content-Disposition: form-data; filename="a"')}--b--`, 'multipart'],
  ['two names', `${part('Content-Disposition: form-data; name="a"; name="b"')}--b--`, 'multipart'],
  [
    'two dispositions',
    `${part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"')}--b--`,
    'multipart',
  ],
  ['folded field', `${part('Content-Disposition: form-data;\r\n name="a"')}--b--`, 'multipart'],
  ['bare CR in field', `${part('Content-Disposition: form-data; name="a"\rX: y')}--b--`, 'multipart'],
  ['NUL in field', `${part('Content-Disposition: form-data; name="a\0"')}--b--`, 'multipart'],
  ['space before colon', `${part('Content-Disposition : form-data; name="a"')}--b--`, 'multipart'],
  ['backslash in name', `${part('Content-Disposition: form-data; name="a\\"; filename="x"')}--b--`, 'multipart'],
  ['filename*', `${part('Content-Disposition: form-data; name="a"; filename*=utf-8\'\'x')}--b--`, 'multipart'],
  [
    'base64',
    `${part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64')}--b--`,
    'multipart',
  ],
  ['long header', `${part(`Content-Disposition: form-data; name="${'a'.repeat(9000)}"`)}--b--`, 'multipart'],
  ['endless header', `--b\r\n${'a'.repeat(20_000)}`, 'multipart'],
  ['too many parts', `${field('a', '1').repeat(11)}--b--`, 'too-many-parts'],
  ...['../x', '/etc/passwd', 'C:evil', '..', '.', ' ', 'a\u202egnp.exe', 'x'.repeat(256)].map(
    (name): [string, string, string] => [
      `file name ${name.slice(0, 20)}`,
      `${part(`Content-Disposition: form-data; name="a"; filename="${name}"`)}--b--`,
      'filename',
    ],
  ),
];

for (const [why, text, keyword] of refused) {
  test(`refuses: ${why}`, () => {
    assert.equal(parse([text]), keyword);
    assert.equal(parse([...Buffer.from(text)].map((byte) => Buffer.from([byte]))), keyword);
  });
}

test('memory stays with the delimiter: a large part is handed on as it arrives', () => {
  let most = 0;
  let total = 0;
  const parser = new MultipartParser(
    'b',
    {
      begin: () => undefined,
      data(bytes) {
        most = Math.max(most, bytes.length);
        total += bytes.length;
        return undefined;
      },
      end: () => undefined,
    },
    { maxParts: 1 },
  );
  parser.push(Buffer.from('--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\n'));
  const chunk = Buffer.alloc(65_536, '\r\n--');
  for (let index = 0; index < 64; index++) assert.equal(parser.push(chunk), undefined);
  assert.ok(total > 64 * 65_536 - 10 && most <= 65_536 + 10);
});

test('boundaries', () => {
  assert.equal(
    boundaryOf(new Map([['boundary', '----WebKitFormBoundary7MA4YWxkTrZu0gW']])),
    '----WebKitFormBoundary7MA4YWxkTrZu0gW',
  );
  for (const boundary of ['', 'a'.repeat(71), 'a\r\nb', 'a"b', 'a ', 'é'])
    assert.ok(boundaryOf(new Map([['boundary', boundary]])) instanceof Refused, boundary);
  assert.ok(boundaryOf(new Map()) instanceof Refused);
});
