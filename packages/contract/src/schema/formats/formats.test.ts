// Every format with texts that have it and texts that do not, each by the section that says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema } from '../compile.ts';
import { References } from '../references.ts';

const uri = 'https://castellan.example/formats.json';

function has(format: string, value: unknown): boolean {
  const references = new References();
  const raw = { format };
  references.add(uri, raw, '2020-12');
  const compiled = compileSchema({ references }, { location: { document: uri, pointer: '' }, dialect: '2020-12', raw });
  const valid = compiled.check(value);
  assert.equal(compiled.explain(value).length === 0, valid, 'check and explain agree');
  return valid;
}

const formats: Readonly<Record<string, readonly [good: readonly unknown[], bad: readonly unknown[]]>> = {
  // RFC 3339 section 5.6 and 5.7.
  date: [
    ['2024-02-29', '2000-02-29', '2026-12-31', '2026-04-30'],
    [
      '2023-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-01',
      '2026-01-00',
      '2026-04-31',
      '2026-1-01',
      '2026/01/01',
      'x026-01-01',
      '2026-01-01Z',
      '2026-01-0১',
    ],
  ],
  time: [
    ['00:00:00Z', '23:59:59.123z', '23:59:60Z', '01:02:03+01:00', '22:59:60-01:00', '00:59:60+01:00'],
    [
      '24:00:00Z',
      '00:60:00Z',
      '00:00:61Z',
      '00:00:00',
      '00:00:00.Z',
      '00:00:00+24:00',
      '00:00:00+00:60',
      '00:00:00+0000',
      '22:00:60Z',
      '12:00:60+01:00',
      '00-00:00Z',
      '00:00:00X',
    ],
  ],
  'date-time': [
    ['2026-01-01T00:00:00Z', '2026-01-01t00:00:00.5+00:00', '1998-12-31T23:59:60Z'],
    ['2026-01-01', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z'],
  ],
  'date-time-local': [
    ['2026-01-01T00:00:00', '2026-01-01T00:00:00.1'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:60', '2026-01-01'],
  ],
  'time-local': [
    ['00:00:00', '23:59:59.9'],
    ['00:00:00Z', '24:00:00', '23:59:60', ''],
  ],
  // RFC 3339 appendix A.
  duration: [
    ['P1Y', 'P1Y2M3DT4H5M6S', 'PT1M', 'P4W', 'PT36H', 'P1D', 'PT1H6M', 'P1M2D', 'PT5S'],
    ['', 'P', 'PT', 'P1', '1Y', 'P1YT', 'P1D2Y', 'P1W1D', 'PT1D', 'P-1Y', 'PT1S1M', 'p1y', 'P1Y2D', 'PT1H6S'],
  ],
  // RFC 4122, RFC 6901, RFC 4648.
  uuid: [
    ['2eb8aa08-aa98-11ea-b4aa-73b441d16380', '2EB8AA08-AA98-11EA-B4AA-73B441D16380'],
    [
      '2eb8aa08aa9811eab4aa73b441d16380',
      '2eb8aa08-aa98-11ea-b4aa-73b441d1638',
      '2eb8aa08-aa98-11ea-b4ga-73b441d16380',
      '{2eb8aa08-aa98-11ea-b4aa-73b441d16380}',
    ],
  ],
  'json-pointer': [
    ['', '/', '/a~0b~1c', '/ä/0'],
    ['a', '#/a', '/~', '/~2'],
  ],
  'relative-json-pointer': [
    ['0', '1/a', '0#', '10/0'],
    ['', '/a', '01/a', '-1', '1#a', '1a', '1/~2'],
  ],
  byte: [
    ['', 'YQ==', 'YWI=', 'YWJj'],
    ['YQ', 'YQ=', 'Y===', 'Y_==', 'YQ==YQ=='],
  ],
  base64url: [
    ['', 'YQ', 'Y_-j'],
    ['Y+/j', 'Y'],
  ],
  char: [
    ['a', '😀'],
    ['', 'ab'],
  ],
  regex: [
    ['^a+$', '[a-z]'],
    ['(', '[', 'a**'],
  ],
  // RFC 5321, RFC 1123, RFC 4291, RFC 2673.
  email: [
    ['a@b.example', 'a.b+c@d-e.example', '"a b"@c.example', 'a@[192.0.2.1]', 'a@[IPv6:::1]'],
    ['a', '@b', 'a@', 'a@@b', '.a@b', 'a.@b', 'a..b@c', 'a b@c', 'a@-b', '"a@b', 'a@[192.0.2.256]', 'ä@b.example'],
  ],
  'idn-email': [
    ['ä@bücher.example', '실례@실례.테스트'],
    ['ä', '@ü', 'ä@', 'ä@-ü'],
  ],
  hostname: [
    ['a', 'a-b.c', 'xn--bcher-kva.example', 'A1'],
    ['', '.', '-a', 'a-', 'a..b', 'a_b', 'bücher', `${'a'.repeat(64)}`, 'xn--a', `${'a.'.repeat(127)}ab`],
  ],
  'idn-hostname': [
    ['bücher.example', 'a', '日本。例え'],
    ['', '-ü', 'ü-', 'ü..a', 'ü☃', `${'ü'.repeat(64)}`],
  ],
  ipv4: [
    ['0.0.0.0', '255.255.255.255'],
    ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.', '1.2.3.4 ', '0x1.2.3.4', '١.2.3.4'],
  ],
  ipv6: [
    ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '1::8', 'ABCD::', '1:2:3:4:5:6:1.2.3.4'],
    [
      '',
      ':',
      ':::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '12345::',
      'g::',
      '::1%eth0',
      '::256.1.1.1',
      '1.2.3.4::',
      ':1',
      '1:',
      '::1.2.3',
      '1:2:3:4:5:6:7::8:9',
    ],
  ],
  // Numbers by their width.
  int8: [
    [127, -128],
    [128, 1.5],
  ],
  uint8: [
    [0, 255],
    [-1, 256],
  ],
  int16: [[32767], [32768]],
  uint16: [[65535], [65536]],
  int32: [
    [2147483647, -2147483648],
    [2147483648, 0.5],
  ],
  uint32: [[4294967295], [4294967296, -1]],
  int64: [
    [9223372036854775807n, -1],
    [9223372036854775808n, 0.5],
  ],
  uint64: [
    [18446744073709551615n, 0],
    [18446744073709551616n, -1],
  ],
  'double-int': [[9007199254740991], [0.5, 9007199254740993n]],
  float: [[1.5], [1e39]],
  password: [['anything', 1], []],
  binary: [['anything', 1], []],
};

for (const [format, [good, bad]] of Object.entries(formats)) {
  test(`format ${format}`, () => {
    for (const value of good) assert.ok(has(format, value), `${String(value)} is one`);
    for (const value of bad) assert.ok(!has(format, value), `${String(value)} is none`);
    // A format says nothing of values of other kinds.
    for (const value of [null, true, [], {}]) assert.ok(has(format, value));
  });
}
test('formats that nobody knows say nothing', () => assert.ok(has('nobody-knows', 'x')));
