// promise: urls-restricted
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileUrlCheck } from './restriction.ts';

const wide = compileUrlCheck({ schemes: ['https', 'http'], private: 'deny' });
const open = compileUrlCheck({ schemes: ['https'], private: 'allow' });

const hex = (n: number): string => `0x${n.toString(16)}`;
const octal = (n: number): string => `0${n.toString(8)}`;

/** Every way in which parsers of hosts are known to read an IPv4 address (inet_aton, the URL standard, RFC 4291, UTS 46). */
function formsOf(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const low24 = (b << 16) | (c << 8) | d;
  const low16 = (c << 8) | d;
  const groups = `${((a << 8) | b).toString(16)}:${low16.toString(16)}`;
  const notations = [String, hex, octal];
  const forms = notations.flatMap((of) => [
    [a, b, c, d].map(of).join('.'),
    `${of(a)}.${of(low24)}`,
    `${of(a)}.${of(b)}.${of(low16)}`,
    of(whole),
  ]);
  forms.push(
    `${hex(a)}.${b}.${octal(c)}.${d}`,
    `00${octal(a)}.${b}.${c}.${d}`,
    hex(whole).toUpperCase(),
    `${whole + 2 ** 32}`,
    `[::ffff:${address}]`,
    `[::ffff:${groups}]`,
    `[0:0:0:0:0:FFFF:${groups}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[2002:${groups}::]`,
    `[fe80::1%25eth0]`,
    [...address].map((digit) => (digit === '.' ? '\u3002' : String.fromCharCode(0xff10 + Number(digit)))).join(''),
    [...address].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
    `${address}%00.example.com`,
    `${address}\\.example.com`,
  );
  return [...forms, ...forms.filter((form) => !form.startsWith('[')).map((form) => `${form}.`)];
}

const listOf = (text: string): string[] => text.split(' ');
const inside = listOf(
  '127.0.0.1 127.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 ' +
    '192.0.0.192 198.18.0.1 224.0.0.1 255.255.255.255 168.63.129.16 192.0.2.1 198.51.100.7 203.0.113.9 240.0.0.1',
);
const outside = listOf('93.184.215.14 8.8.8.8 1.1.1.1 172.32.0.1 172.15.0.1 11.0.0.1 100.128.0.1 9.9.9.9');

test('a private address is refused in every form, with any port, path and case', () => {
  for (const address of inside)
    for (const form of formsOf(address))
      for (const rest of ['', '/', ':8443/x?y#z', '/@example.com', '#@example.com'])
        assert.notEqual(wide(`https://${form}${rest}`), undefined, `${form}${rest}`);
});

test('a public address passes as it is usually written, and in no form that some read as another', () => {
  for (const address of outside) {
    for (const form of [address, `${address}.`, `[::ffff:${address}]`, `[64:ff9b::${address}]`])
      assert.equal(wide(`https://${form}/`), undefined, form);
    const usual = new Set([address, `${address}.`]);
    for (const form of formsOf(address).filter((one) => !one.startsWith('[') && !usual.has(one)))
      assert.notEqual(wide(`https://${form}/`), undefined, form);
  }
});

test('private IPv6 addresses and names are refused, public ones pass', () => {
  const refused = [
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
  ];
  refused.push(
    '[2001:db8::1]',
    '[2001::1]',
    '[3fff::1]',
    '[100::1]',
    '[5f00::1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b:1::1]',
  );
  refused.push(
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'localhost.localdomain',
    'printer.local',
    'metadata',
  );
  refused.push(
    'metadata.google.internal',
    'api.default.svc',
    'api.default.svc.cluster.local',
    'router.lan',
    'x.home.arpa',
  );
  refused.push(
    'metadata.google.internal.',
    'ip6-localhost',
    'db.intranet',
    'a..b',
    '',
    '.',
    '-',
    'exa mple.com',
    '１２７.0.0.1',
  );
  for (const host of refused) assert.notEqual(wide(`https://${host}/`), undefined, host);
  const passed = [
    'example.com',
    'EXAMPLE.com',
    'example.com.',
    'xn--mnchen-3ya.de',
    'a-b.c_d.example.org',
    'local.example.com',
  ];
  passed.push(
    'localhost.example.com',
    '10.example.com',
    '127.0.0.1.example.com',
    '[2606:4700::1111]',
    '[2A00:1450::1]',
    'example.com:8443',
  );
  for (const host of passed) assert.equal(wide(`https://${host}/a?b=c#d`), undefined, host);
});

test('credentials, other readings and what is no URL are refused', () => {
  const refused = [
    'https://user@example.com/',
    'https://user:pw@example.com/',
    'https://@example.com/',
    'https://example.com@127.0.0.1/',
  ];
  refused.push(
    'https://example.com\\@127.0.0.1/',
    'https:\\\\example.com/',
    'https:/example.com/',
    'https:example.com',
    '//example.com/',
  );
  refused.push(
    '',
    ' ',
    '/path',
    'example.com',
    'x',
    ' https://example.com/',
    'https://example.com/ ',
    'https://exa\tmple.com/',
  );
  refused.push(
    'https://example.com/\n',
    'ht\ntps://example.com/',
    'https://example.com:99999/',
    'https://example.com:8o/',
    'https://',
  );
  refused.push(
    'https:///example.com/',
    'https://example.com\u0000/',
    'https://ex%61mple.com/',
    'https://m\u00fcnchen.de/',
    'https://e\u200bxample.com/',
  );
  refused.push(
    'https://example.com/\u202e',
    'https://[::1',
    'https://[example.com]/',
    'https://example.com:80:80/',
    'https://a\u00adb.com/',
  );
  for (const url of refused)
    for (const check of [wide, open]) assert.notEqual(check(url), undefined, JSON.stringify(url));
  for (const url of [
    'https://example.com',
    'HTTPS://example.com/',
    'https://example.com?x=https://u:p@127.0.0.1/',
    'https://example.com/a@b',
  ])
    for (const check of [wide, open]) assert.equal(check(url), undefined, url);
  for (const url of ['https://example.com/b\u00fccher', 'https://example.com/?q=[1]'])
    assert.equal(wide(url), undefined, url);
});

test('only listed schemes pass', () => {
  for (const schemes of [['https'], ['HTTPS'], ['https:'], ['https://']]) {
    const check = compileUrlCheck({ schemes, private: 'allow' });
    assert.equal(check('https://10.0.0.1/'), undefined);
    const others = [
      'http',
      'file',
      'ftp',
      'gopher',
      'data',
      'javascript',
      'jar',
      'dict',
      'ldap',
      'httpsx',
      'xhttps',
      'blob',
      'ws',
    ];
    for (const scheme of others)
      for (const rest of ['://example.com/', ':example.com', ':text/html,x', ':///etc/passwd'])
        assert.notEqual(check(scheme + rest), undefined, scheme + rest);
  }
});

test('only listed hosts pass, in any of their spellings', () => {
  const check = compileUrlCheck({
    schemes: ['https'],
    hosts: [
      'hooks.company.com',
      '*.partner.example.org',
      'Api.Example.com:8443',
      '[2606:4700::1111]',
      'billing.internal',
      'localhost',
    ],
    private: 'deny',
  });
  for (const host of [
    'hooks.company.com',
    'HOOKS.company.com.',
    'hooks.company.com:444',
    'a.partner.example.org',
    'a.b.partner.example.org',
  ])
    assert.equal(check(`https://${host}/`), undefined, host);
  for (const host of ['api.example.com:8443', '[2606:4700:0::1111]', 'billing.internal'])
    assert.equal(check(`https://${host}/`), undefined, host);
  const refused = [
    'evil.example.net',
    'hooks.company.com.evil.example.net',
    'xhooks.company.com',
    'company.com',
    'partner.example.org',
  ];
  refused.push(
    'xpartner.example.org',
    'api.example.com',
    'api.example.com:443',
    'localhost',
    'a.billing.internal',
    '8.8.8.8',
  );
  for (const host of refused) assert.notEqual(check(`https://${host}/`), undefined, host);
});

test('where private addresses are allowed, they still have one reading', () => {
  for (const host of ['127.0.0.1', 'localhost', '10.0.0.1', '[::1]', 'metadata', 'printer.local'])
    assert.equal(open(`https://${host}/`), undefined, host);
  for (const host of ['0x7f.1', '010.0.0.1', '2130706433', '127.1'])
    assert.notEqual(open(`https://${host}/`), undefined, host);
});
