// Work on the fields of a request grows no faster than they.
import { times, type Measured } from './measured.ts';
import { ask, documentOf } from './guarded.ts';
import type { GuardOptions } from '@castellan/guard';

type Fields = readonly (readonly [name: string, value: string])[];

function fields(
  n: number,
  make: (n: number) => Fields,
  expected: number,
  operation: object | ((n: number) => object) = {},
  options: Partial<GuardOptions> = {},
  more: Partial<Measured> = {},
): Measured {
  return {
    n,
    prepare: (size) =>
      ask(
        documentOf(typeof operation === 'function' ? operation(size) : operation),
        { fields: make(size) },
        expected,
        options,
      ),
    ...more,
  };
}
const one =
  (name: string, make: (n: number) => string) =>
  (n: number): Fields => [[name, make(n)]];
const proxy: Partial<GuardOptions> = { trustedProxies: ['192.0.2.0/24', '10.0.0.0/8'] };
const header = (name: string, more: object): object => ({ parameters: [{ name, in: 'header', ...more }] });
const cookie = (more: object): object => ({ parameters: [{ name: 'c', in: 'cookie', ...more }] });
const bounded = { bounded: true };

export const fieldCases: Readonly<Record<string, Measured>> = {
  'fields that nobody knows': fields(24, (n) => times(n, (i) => [`x-k${i}`, '1'] as const), 204),
  'one field many times': fields(24, (n) => times(n, () => ['x-k', '1'] as const), 204),
  'documented fields': fields(
    24,
    (n) => times(n, (i) => [`x-k${i}`, '1'] as const),
    204,
    (n: number) => ({ parameters: times(n, (i) => ({ name: `X-K${i}`, in: 'header', schema: { type: 'integer' } })) }),
  ),
  'a list in a field': fields(
    500,
    one('x-list', (n) => times(n, () => '1').join()),
    204,
    header('X-List', { schema: { type: 'array', items: { type: 'integer' } } }),
  ),
  'a list over many fields': fields(
    24,
    (n) => times(n, () => ['x-list', '1'] as const),
    204,
    header('X-List', { schema: { type: 'array', items: { type: 'integer' } } }),
  ),
  cookies: fields(
    500,
    one('cookie', (n) => times(n, (i) => `k${i}=1`).join('; ')),
    204,
    cookie({ schema: {} }),
  ),
  'a cookie many times': fields(
    500,
    one('cookie', (n) => times(n, () => 'c=1').join('; ')),
    400,
    cookie({ schema: { type: 'integer' } }),
  ),
  'forwarded hops that are trusted': fields(
    500,
    one('x-forwarded-for', (n) => times(n, () => '10.0.0.1').join()),
    204,
    {},
    proxy,
    bounded,
  ),
  'forwarded hops that are not': fields(
    500,
    one('x-forwarded-for', (n) => times(n, () => '203.0.113.1').join()),
    204,
    {},
    proxy,
    bounded,
  ),
  'empty forwarded hops': fields(
    500,
    one('x-forwarded-for', (n) => ','.repeat(n)),
    204,
    {},
    proxy,
    bounded,
  ),
  'many forwarded fields': fields(24, (n) => times(n, () => ['x-forwarded-for', '10.0.0.1'] as const), 204, {}, proxy),
  'forwarded parameters': fields(
    24,
    one('forwarded', (n) => times(n, () => 'for=10.0.0.1;proto=https').join()),
    204,
    {},
    proxy,
    bounded,
  ),
  'accepted types': fields(
    500,
    one('accept', (n) => times(n, (i) => `a/b${i};q=0.${i % 9}`).join()),
    204,
    {},
    {},
    bounded,
  ),
  'accepted codings': fields(
    500,
    one('accept-encoding', (n) => times(n, () => 'gzip;q=0.5').join()),
    204,
    {},
    {},
    bounded,
  ),
  'content codings': fields(
    500,
    one('content-encoding', (n) => times(n, () => 'gzip').join()),
    204,
    {},
    {},
    bounded,
  ),
  'parameters of a media type': fields(
    500,
    one('content-type', (n) => `a/b${times(n, (i) => `;p${i}=1`).join('')}`),
    204,
    {},
    {},
    bounded,
  ),
  'spaces in a media type': fields(
    1000,
    one('content-type', (n) => `a/b${' '.repeat(n)};${' '.repeat(n)}x`),
    204,
    {},
    {},
    bounded,
  ),
  ranges: fields(
    500,
    one('range', (n) => `bytes=${times(n, (i) => `${i}-${i}`).join()}`),
    204,
    {},
    {},
    bounded,
  ),
  'transfer codings': fields(
    500,
    one('te', (n) => times(n, () => 'trailers').join()),
    204,
    {},
    {},
    bounded,
  ),
  'connection options': fields(
    500,
    one('connection', (n) => times(n, (i) => `x-k${i}`).join()),
    400,
    {},
    {},
    bounded,
  ),
  'a preflight': {
    n: 500,
    bounded: true,
    prepare: (n) =>
      ask(
        documentOf({}),
        {
          method: 'OPTIONS',
          fields: [
            ['origin', 'https://app.example.com'],
            ['access-control-request-method', 'POST'],
            ['access-control-request-headers', times(n, (i) => `x-k${i}`).join()],
          ],
        },
        204,
        { cors: { origins: ['https://app.example.com'] } },
      ),
  },
  origins: {
    n: 250,
    bounded: true,
    prepare: (n) =>
      ask(documentOf({}), { fields: [['origin', 'https://a0.example.com']] }, 204, {
        cors: { origins: times(n, (i) => `https://a${i}.example.com`) },
      }),
  },
};
