// What the generated policies and entities are made of. Few names and values, so that they meet.
import type { Random } from './random.ts';

export type Type =
  | 'bool'
  | 'long'
  | 'string'
  | 'entity'
  | 'set'
  | 'record'
  | 'decimal'
  | 'ip'
  | 'datetime'
  | 'duration';

export const types = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'decimal',
  'ip',
  'datetime',
  'duration',
] as const;

/** Attribute names; the first letter says the type that the value has most of the time. */
export const names = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'decimal',
  'ip',
  'datetime',
  'duration',
  '__proto__',
  'x y',
  'constructor',
] as const;

export const uids = [
  'U::"a"',
  'U::"b"',
  'U::"c"',
  'G::"a"',
  'G::"b"',
  'G::"c"',
  'N::R::"a"',
  'N::R::"b"',
  'N::R::"__proto__"',
] as const;

export const actions = ['Action::"view"', 'Action::"edit"', 'Action::"all"'] as const;

export const strings = [
  '',
  'a',
  'b',
  'ab',
  'aab',
  'a*b',
  '"',
  '\\',
  'é😀',
  '__proto__',
  'long',
  'record',
  '127.0.0.1',
  '1.0',
  '1d',
  '2024-01-01',
] as const;

export const longs = [
  '0',
  '1',
  '2',
  '-1',
  '7',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '3037000500',
  '4611686018427387904',
] as const;

/** Well-formed ones first, then malformed ones. */
export const extensionTexts = {
  decimal: [
    '0.0',
    '1.0',
    '1.00',
    '-1.0',
    '1.2345',
    '922337203685477.5807',
    '-922337203685477.5808',
    '-0.5',
    '922337203685477.5808',
    '1',
    '1.',
    '.5',
    '1.23456',
    '1,0',
    '-',
    '+1.0',
    ' 1.0',
    '01.0',
    '٣.٣',
    '-.1',
    '1.0 ',
  ],
  ip: [
    '127.0.0.1',
    '127.0.0.1/32',
    '10.0.0.0/8',
    '10.1.2.3',
    '224.0.0.1',
    '::1',
    'ff00::1',
    '::/0',
    '0.0.0.0/0',
    '2001:db8::/32',
    '2001:db8::1/128',
    '224.0.0.0/3',
    '127.0.0.0/7',
    '::ffff:1.2.3.4',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4/33',
    '1.2.3.4/08',
    '1.2.3.4/',
    '::1/129',
    'fe80::1%eth0',
    '',
    '::1::',
    '1.2.3.4/-1',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8',
    'A:b::',
    '1.2.3.256',
    '::00001',
    ' ::1',
    '1.2.3.4/+8',
  ],
  datetime: [
    '2024-01-01',
    '2024-02-29',
    '2024-01-01T00:00:00Z',
    '2024-01-01T01:00:00+0100',
    '2024-01-01T00:00:00.001Z',
    '1969-12-31T23:59:59.999Z',
    '0000-01-01',
    '9999-12-31T23:59:59.999-2359',
    '2024-01-01T12:34:56.789+0530',
    '0099-05-05',
    '1583-10-15T01:02:03Z',
    '2023-02-29',
    '2024-13-01',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00',
    '2024-1-1',
    '2024-01-01T00:00:00+2400',
    '2024-01-01T00:00:00+0060',
    '2024-01-01T00:00:00.1Z',
    '-2024-01-01',
    '2024-01-01 ',
    '2024-01-01T00:00:00+01:00',
    '2024-01-01t00:00:00Z',
    '20240101',
    '2024-00-10',
    '2024-04-31',
    '',
  ],
  duration: [
    '0ms',
    '1d',
    '78h',
    '1h30m',
    '-1d',
    '1d2h3m4s5ms',
    '90m',
    '86400000ms',
    '106751991167d',
    '-9223372036854775808ms',
    '9223372036854775807ms',
    '106751991167d7h12m55s807ms',
    '-106751991167d7h12m55s808ms',
    '1d1d',
    '1h1d',
    '',
    '-',
    '1',
    '1.5h',
    '9223372036854775808ms',
    '106751991168d',
    '1 d',
    '+1d',
    '1ms1s',
    '--1d',
    '1D',
    '0d0h',
    '-0ms',
  ],
} as const;

/** A text for an extension's constructor: well-formed three times out of four. */
export function extensionText(random: Random, kind: keyof typeof extensionTexts): string {
  const texts = extensionTexts[kind];
  const wellFormed = { decimal: 8, ip: 13, datetime: 11, duration: 13 }[kind];
  return texts[random.below(random.chance(0.75) ? wellFormed : texts.length)] ?? texts[0];
}

const constructor = { decimal: 'decimal', ip: 'ip', datetime: 'datetime', duration: 'duration' } as const;

/** A value in Cedar's JSON form. */
export function valueJson(random: Random, type: Type, depth: number): unknown {
  switch (type) {
    case 'bool':
      return random.chance(0.5);
    case 'long':
      return random.pick([0, 1, 2, -1, 7, 9007199254740991, -9007199254740991, 2 ** 53, 2 ** 62, -(2 ** 62)]);
    case 'string':
      return random.pick(strings);
    case 'entity':
      return { __entity: uidJson(random.pick(uids)) };
    case 'set':
      return depth <= 0 ? [] : random.list(3, () => valueJson(random, random.pick(types), depth - 1));
    case 'record':
      return depth <= 0 ? {} : attributesJson(random, depth - 1, 3);
    default: {
      const texts = extensionTexts[type];
      const count = { decimal: 8, ip: 13, datetime: 11, duration: 13 }[type];
      return { __extn: { fn: constructor[type], arg: texts[random.below(count)] } };
    }
  }
}

/** Attributes, most of them of the type that their name says. */
export function attributesJson(random: Random, depth: number, most: number): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const name of random.list(most, () => random.pick(names))) {
    const type = random.chance(0.85) ? types.find((known) => known === name) : undefined;
    found.set(name, valueJson(random, type ?? random.pick(types), depth));
  }
  return Object.fromEntries(found);
}

export function uidJson(uid: string): { type: string; id: string } {
  const cut = uid.indexOf('"');
  return { type: uid.slice(0, cut - 2), id: uid.slice(cut + 1, -1) };
}
