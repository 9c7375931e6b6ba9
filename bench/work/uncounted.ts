// Work that the counters do not see: one run of a pattern, copies with `{ ...object }`, hashing. `npm run bench -- work`
// measures its time.
import { compilePattern, compileSchema, loadContract } from '@castellan/contract';
import { createIssuer } from '../../packages/guard/test/tokens.ts';
import { ask, documentOf, type Sent } from '../../test/work/guarded.ts';
import { times, type Measured } from '../../test/work/measured.ts';

/** Patterns that people write and on which an engine that goes back takes long, with what their texts are made of. */
const patterns: readonly (readonly [pattern: string, filler: string])[] = [
  ['^(a+)+$', 'a'],
  ['^(a|aa)+$', 'a'],
  ['(.*)*x', 'a'],
  ['^[a-z]+[0-9]*[a-z]+$', 'a'],
  [String.raw`^\s+|\s+$`, ' '],
  [String.raw`^([\w.-]+)@([\w-]+\.)+[a-z]{2,}$`, 'a.'],
  [String.raw`(\d+,?)+;`, '1,'],
  ['^(?=.*[a-z])(?=.*[0-9]).{8,}$', 'a'],
  [String.raw`^(.+)\1$`, 'ab'],
  ['x*y*z*x*y*$', 'x'],
];
const formats =
  'base64 base64url byte date date-time date-time-local duration email hostname idn-email idn-hostname ipv4 ipv6 iri iri-reference json-pointer regex relative-json-pointer time time-local uri uri-reference uri-template uuid'.split(
    ' ',
  );
const fillers = [
  'a',
  '1',
  '.',
  '-',
  ':',
  '/',
  '%41',
  '(',
  '(a*)*',
  '{a}',
  'xn--a.',
  'é',
  '\u0301',
  '"',
  '\\',
  '@',
  '~1',
  '+',
  'P1D',
  '?#',
];
const fieldNames =
  'accept accept-language authorization content-type content-encoding cookie digest content-digest dpop etag expect forwarded if-match if-none-match if-modified-since origin prefer range referer signature signature-input user-agent x-forwarded-for x-forwarded-proto x-request-id traceparent'.split(
    ' ',
  );
const fieldFillers = [
  ' ',
  '\t',
  ',',
  ';',
  '=',
  '"',
  '\\',
  'a',
  'a ',
  'a,',
  'a=1;',
  '"a",',
  ';q=0.1,',
  '(',
  '%',
  ':',
  'for=[::1],',
  '..',
];

const json = 'application/json';
const identity = await createIssuer();
const named = (n: number, make: (index: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(times(n, (i) => [`k${i}`, make(i)]));
const open = (schema: object): Record<string, unknown> =>
  documentOf({ requestBody: { required: true, content: { [json]: { schema } } } });

/** A text that fits but for its end, or fits nowhere: where an engine would go back. */
function textOfPattern([pattern, filler]: readonly [string, string]): Measured {
  return {
    n: 250,
    bounded: true,
    prepare: (n) => {
      const compiled = compilePattern(pattern);
      const text = `${filler.repeat(n)}!`;
      return () => compiled.test(text);
    },
  };
}

function textOfFormat(format: string, filler: string): Measured {
  return {
    n: 16_000,
    bounded: true,
    prepare: async (n) => {
      const contract = await loadContract(open({ type: 'string', format }));
      const schema = contract.operations[0]?.body?.content[0]?.schema;
      if (schema === undefined) throw new Error('no schema');
      const compiled = compileSchema(contract, schema, { direction: 'request' });
      const text = filler.repeat(n);
      return () => compiled.check(text) && compiled.explain(`${text}\n`);
    },
  };
}

function request(n: number, contract: object, sent: (n: number) => Sent): Measured {
  return {
    n,
    bounded: true,
    prepare: (size) =>
      ask(contract as Record<string, unknown>, sent(size), 'no failure', {
        trustedProxies: ['192.0.2.0/24'],
        ...(contract === secured && {
          authentication: { s: { issuer: 'https://login.example.com', audience: 'orders', jwks: identity.jwks } },
        }),
      }),
  };
}
const secured = documentOf(
  { parameters: fieldNames.map((name) => ({ name, in: 'header', schema: { type: 'string' } })) },
  { security: [{}, { s: [] }], components: { securitySchemes: { s: { type: 'http', scheme: 'bearer' } } } },
);
const body = (contract: object, make: (n: number) => unknown): Measured =>
  request(500, contract, (n) => ({ type: json, body: JSON.stringify(make(n)) }));
const anything = open({ type: 'object', additionalProperties: true });

/** Every case by its name. */
export const uncountedCases: Readonly<Record<string, Measured>> = {
  ...Object.fromEntries(patterns.map((row) => [`pattern ${row[0]}`, textOfPattern(row)])),
  ...Object.fromEntries(
    formats.flatMap((format) =>
      fillers.map((filler) => [`format ${format} of ${filler}`, textOfFormat(format, filler)]),
    ),
  ),
  ...Object.fromEntries(
    fieldNames.flatMap((name) =>
      fieldFillers.map((filler) => [
        `field ${name} of ${JSON.stringify(filler)}`,
        request(2000, secured, (n) => ({ fields: [[name, `a${filler.repeat(n)}!`]] })),
      ]),
    ),
  ),
  'keys that are numbers far apart': body(anything, (n) =>
    Object.fromEntries(times(n, (i) => [String((i * 65_536) % 4_294_967_291), 1])),
  ),
  'keys of one length': body(anything, (n) => named(n, () => 1)),
  'objects that are to be unique': body(open({ type: 'array', uniqueItems: true }), (n) =>
    times(n, (i) => ({ a: { b: i } })),
  ),
  'objects with many keys that are to be unique': body(open({ type: 'array', uniqueItems: true }), (n) =>
    times(Math.ceil(Math.sqrt(n)), (i) => named(Math.ceil(Math.sqrt(n)), (j) => i * n + j)),
  ),
  'defaults that are put in': body(
    open({ type: 'array', items: { type: 'object', properties: { a: { type: 'integer', default: 1 } } } }),
    (n) => times(n, () => ({})),
  ),
  'an object that is copied for its defaults': body(
    open({ type: 'object', additionalProperties: true, properties: { z: { type: 'integer', default: 1 } } }),
    (n) => named(n, () => 1),
  ),
  'a digest of what is sent': request(500, secured, (n) => ({
    type: json,
    body: `"${'a'.repeat(n)}"`,
    fields: [['content-digest', `sha-256=:${'A'.repeat(43)}=:`]],
  })),
};
