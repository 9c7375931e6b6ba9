// Mutations of bodies and of what is said about them.
import { deflateSync, gzipSync } from 'node:zlib';
import type { Message, Mutation } from './message.ts';

const types = [
  'application/json; charset=utf-8',
  'application/json; charset=UTF-8',
  'application/json;charset="utf-8"',
  'application/json; charset=utf-16',
  'application/json; charset=utf-16le',
  'application/json; charset=utf-7',
  'application/json; charset=iso-8859-1',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json;',
  'application/json; x',
  'application/json; x="',
  'application/json, text/plain',
  'application/json text/plain',
  'APPLICATION/JSON',
  'application/json\t',
  ' application/json',
  'application/problem+json',
  'application/vnd.api+json',
  'application/json+x',
  'application/jsonx',
  'text/json',
  'text/plain',
  'text/plain; charset=utf-16',
  'text/plain;charset=us-ascii',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'multipart/form-data',
  'multipart/form-data; boundary=castellan-boundary; boundary=other',
  'multipart/form-data; boundary="castellan-boundary"',
  'multipart/form-data; boundary=castellan-boundary; charset=utf-16',
  'multipart/form-data; Boundary=castellan-boundary',
  'multipart/form-data; boundary=',
  'multipart/mixed; boundary=castellan-boundary',
  '*/*',
  'application/*',
  'json',
  '',
];

const jsons = [
  '{"name":"a","name":"b"}',
  '{"name":"a","n\\u0061me":"b"}',
  '{"name":"a","__proto__":{"quantity":1}}',
  '{"name":"a","\\u005f_proto__":{"quantity":1}}',
  '{"name":"a","constructor":{"prototype":{"x":1}}}',
  '{"name":"a","quantity":1.0}',
  '{"name":"a","quantity":1e2}',
  '{"name":"a","quantity":1E+2}',
  '{"name":"a","quantity":01}',
  '{"name":"a","quantity":+1}',
  '{"name":"a","quantity":0x10}',
  '{"name":"a","quantity":"7"}',
  '{"name":"a","quantity":-0}',
  '{"name":"a","quantity":2147483647.0000000001}',
  '{"name":"a","price":1e400}',
  '{"name":"a","price":9007199254740993}',
  '{"name":"a","price":0.1000000000000000055511151231257827}',
  '{"name":"a","price":NaN}',
  '{"name":"a","price":.5}',
  '{"name":"a","price":5.}',
  '{"name":"a",}',
  '{name:"a"}',
  "{'name':'a'}",
  '{"name":"a"} x',
  '{"name":"a"}{"name":"b"}',
  '{"name":"a"}\u0000',
  '/* c */{"name":"a"}',
  '{"name":"a"}// c',
  '\ufeff{"name":"a"}',
  ' \t\r\n{"name":"a"}\n',
  '\u00a0{"name":"a"}',
  '{"name":"a\tb"}',
  '{"name":"a\nb"}',
  '{"name":"\\ud800"}',
  '{"name":"\\ud83c\\udf75"}',
  '{"name":"\\x41"}',
  '{"name":"\\u00zz"}',
  '{"name":"a","note":null}',
  '{"name":"a","role":"admin"}',
  '{"name":"a","tags":[["a"]]}',
  '{"name":"a","address":{"street":"a","street":"b"}}',
  '{"Name":"a"}',
  '{"name ":"a"}',
  '{"name\\u0000":"a"}',
  '["a"]',
  '"a"',
  'null',
  'true',
  '',
  ' ',
  '{',
  '[1,2',
  `{"name":"a","tags":${'['.repeat(200)}${']'.repeat(200)}}`,
];

const forms = [
  'name=a&name=b',
  'name=a;quantity=1',
  'name[]=a',
  'name[x]=a',
  'name%5Bx%5D=a',
  'tags[]=a&tags[]=b',
  'tags[0]=a',
  'tags=a,b',
  'name=%ff',
  'name=%',
  'name=%u0041',
  'name=a+b%2Bc',
  'name=%00',
  'n%61me=a',
  'quantity=1e1',
  'quantity=0x1',
  'quantity= 1',
  'quantity=',
  'quantity',
  '=x',
  '&&',
  '__proto__=x',
  '__proto__[name]=x',
  '_method=DELETE&name=a',
  'name=\u00e4',
  '\ufeffname=a',
  'name=a\r\n',
  'name=a=b',
  '{"name":"a"}',
];

const parts = [
  'Content-Disposition: form-data; name="title"\r\n\r\na\r\n--castellan-boundary\r\nContent-Disposition: form-data; name="title"\r\n\r\nb',
  'Content-Disposition: form-data; name=title\r\n\r\na',
  'Content-Disposition: form-data; name="ti\\"tle"\r\n\r\na',
  'Content-Disposition: form-data; name="title"; name="other"\r\n\r\na',
  "Content-Disposition: form-data; name*=utf-8''title\r\n\r\na",
  'Content-Disposition: form-data; name="title"; filename="x"\r\n\r\na',
  'Content-Disposition: form-data; name="file"; filename=""\r\n\r\na',
  'Content-Disposition: form-data; name="file"; filename*=utf-8\'\'a%2Fb\r\n\r\na',
  'Content-Disposition: form-data; name="file"; filename="../a"\r\n\r\na',
  'content-disposition: FORM-DATA; NAME="title"\r\n\r\na',
  'Content-Disposition: attachment; name="title"\r\n\r\na',
  'Content-Disposition: form-data;\r\n name="title"\r\n\r\na',
  'Content-Disposition: form-data; name="title"\n\na',
  'Content-Disposition: form-data; name="title"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==',
  'Content-Disposition: form-data; name="title"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\na',
  'Content-Disposition: form-data; name="title"\r\nContent-Disposition: form-data; name="file"\r\n\r\na',
  'Content-Disposition: form-data; name="title%22"\r\n\r\na',
  'Content-Disposition: form-data; name="_charset_"\r\n\r\nutf-16',
  'Content-Disposition: form-data; name="__proto__"\r\n\r\na',
  'Content-Disposition: form-data; name="title[]"\r\n\r\na',
  'Content-Disposition: form-data; name="title"\r\n\r\n\u00ff',
  'Content-Disposition: form-data; name="title"\r\n\r\na\r\n--castellan-boundaryx\r\nb',
  'Content-Disposition: form-data; name="title"\r\n\r\na\r\n--castellan-boundary \r\nb',
  'X: y\r\n\r\na',
  '\r\na',
];

const frames: readonly ((part: string) => string)[] = [
  (part) => `--castellan-boundary\r\n${part}\r\n--castellan-boundary--\r\n`,
  (part) => `--castellan-boundary\r\n${part}\r\n--castellan-boundary--`,
  (part) => `preamble\r\n--castellan-boundary\r\n${part}\r\n--castellan-boundary--\r\nepilogue`,
  (part) => `--castellan-boundary\r\n${part}\r\n`,
  (part) => `\r\n--castellan-boundary\r\n${part}\r\n--castellan-boundary--\r\n`,
  (part) => `--castellan-boundary\n${part}\n--castellan-boundary--\n`,
  (part) => `--castellan-boundary  \r\n${part}\r\n--castellan-boundary--\r\n`,
];

/** Bytes that are something else than what is said, with the `Content-Encoding` that is claimed for them. */
const disguises: readonly (readonly [made: (body: Buffer) => Buffer, encoding: string | undefined])[] = [
  [(body) => Buffer.from(body.toString(), 'utf16le'), undefined],
  [(body) => Buffer.from(`\ufeff${body.toString()}`, 'utf16le'), undefined],
  [(body) => Buffer.from(body.toString(), 'latin1'), undefined],
  [(body) => Buffer.concat([body, Buffer.from([0xff])]), undefined],
  [(body) => gzipSync(body), 'gzip'],
  [(body) => gzipSync(body), 'x-gzip'],
  [(body) => gzipSync(gzipSync(body)), 'gzip, gzip'],
  [(body) => Buffer.concat([gzipSync(body), gzipSync(Buffer.from('x'))]), 'gzip'],
  [(body) => Buffer.concat([gzipSync(body), Buffer.from('x')]), 'gzip'],
  [(body) => deflateSync(body), 'deflate'],
  [(body) => body, 'gzip'],
  [(body) => body, 'identity'],
  [(body) => body, 'utf-8'],
  [(body) => gzipSync(body), undefined],
];

function contentType(message: Message): [string, string] | undefined {
  return message.fields.find(([name]) => name === 'Content-Type');
}

export const bodyMutations: readonly Mutation[] = [
  (message, random) => {
    const field = contentType(message);
    if (field !== undefined) field[1] = random.pick(types);
  },
  (message, random) => {
    const type = contentType(message)?.[1] ?? '';
    if (type.includes('json')) message.body = Buffer.from(random.pick(jsons));
    else if (type.includes('urlencoded')) message.body = Buffer.from(random.pick(forms));
    else if (type.startsWith('multipart'))
      message.body = Buffer.from(random.pick(frames)(random.pick(parts)), random.once(8) ? 'latin1' : 'utf8');
    else if (type !== '') message.body = Buffer.from(random.pick(['\ufeffa', '\u0000', '\r\n', 'a'.repeat(5000)]));
  },
  (message, random) => {
    const type = contentType(message)?.[1] ?? '';
    if (type.includes('json')) message.body = Buffer.from(random.pick(jsons));
    else if (type.startsWith('multipart')) message.body = Buffer.from(random.pick(frames)(random.pick(parts)));
  },
  (message, random) => {
    if (message.framing === 'none') return;
    const { body } = message;
    const [made, encoding] = random.pick(disguises);
    message.body = made(body);
    if (encoding !== undefined) message.fields.push(['Content-Encoding', encoding]);
  },
];
