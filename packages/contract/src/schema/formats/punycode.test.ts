import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { internationalLabel, isRightToLeft, punycodeLabel } from './idn.ts';
import { decodePunycode, encodePunycode } from './punycode.ts';

// RFC 3492 section 7.1.
const samples: readonly (readonly [text: string, encoded: string])[] = [
  ['他们为什么不说中文', 'ihqwcrb4cv8a8dqg056pqjye'],
  ['почемужеонинеговорятпорусски', 'b1abfaaepdrnnbgefbadotcwatmq2g4l'],
  ['3年b組金八先生', '3b-ww4c5e180e575a65lsy2b'],
  ['そのスピードで', 'd9juau41awczczp'],
  ['bücher', 'bcher-kva'],
  ['ü', 'tda'],
];

test('labels are encoded and decoded as in RFC 3492', () => {
  for (const [text, encoded] of samples) {
    assert.equal(encodePunycode(text), encoded);
    assert.equal(decodePunycode(encoded), text);
  }
});

test('what is encoded comes back, and is what the runtime makes of the same label', () => {
  const letters = fc.constantFrom(...'abz059-äöüßпочем他们说日本語आηελ');
  const labels = fc.array(letters, { minLength: 1, maxLength: 12 }).map((parts) => `x${parts.join('')}ü`);
  fc.assert(
    fc.property(labels, (label) => {
      assert.equal(decodePunycode(encodePunycode(label)), label);
      const ascii = domainToASCII(label);
      // The runtime refuses labels of mixed scripts that we only encode.
      if (ascii !== '' && label === label.normalize('NFC') && !label.includes('ß'))
        assert.equal(`xn--${encodePunycode(label)}`, ascii);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('what nobody can have encoded stands for nothing', () => {
  for (const text of ['bcher-kv', 'é', 'a'.repeat(60), '99999999', 'a-zzzzzzzzzz', 'bcher-_'])
    assert.equal(decodePunycode(text), undefined, text);
});

test('a label in its ASCII form is valid only as the one form of a valid label', () => {
  for (const label of ['xn--bcher-kva', 'XN--BCHER-KVA', 'xn--3b-ww4c5e180e575a65lsy2b'])
    assert.ok(punycodeLabel(label), label);
  for (const label of [
    'xn--',
    'xn--a',
    'ab--bcher-kva',
    'xn--bcher-kv',
    'xn--Bcher-kva-',
    `xn--${'a'.repeat(60)}`,
    'xn--a-',
    `xn--${encodePunycode('Ü')}`,
    `xn--${encodePunycode('-ü')}`,
  ])
    assert.ok(!punycodeLabel(label), label);
});

// RFC 5891 section 4.2 and RFC 5892 appendix A, each rule with a label that keeps it and one that breaks it.
const labels: readonly (readonly [rule: string, good: string, bad: string])[] = [
  ['hyphens at the start', 'bücher', '-bücher'],
  ['hyphens at the end', 'bü-cher', 'bücher-'],
  ['hyphens in third and fourth place', 'bü-c-her', 'bü--cher'],
  ['no mark at the start', 'aे', 'ेa'],
  ['composed', 'é', 'e\u0301'],
  ['small letters', 'ü', 'Ü'],
  ['no symbols', 'ü', 'ü☃'],
  ['no tatweel', 'بب', 'ب\u0640ب'],
  ['middle dot between l', 'l·lü', 'a·lü'],
  ['Greek numeral sign before Greek', 'α\u0375β', 'α\u0375a'],
  ['Hebrew punctuation after Hebrew', 'א\u05f3ב', '\u05f3ב'],
  ['Hebrew double punctuation after Hebrew', 'א\u05f4ב', '\u05f4ב'],
  ['Katakana middle dot with Japanese', '日\u30fb本', 'ü\u30fba'],
  ['joiner after a virama', 'क\u094d\u200dष', 'क\u200dष'],
  ['non-joiner after a virama', 'क\u094d\u200cष', 'क\u200cष'],
  ['non-joiner between joining letters', 'بي\u200cبي', 'ا\u200cبي'],
  ['one kind of Arabic digits', 'ب\u0660', 'ب\u0660\u06f0'],
  ['one direction', 'אב', 'אa'],
  ['no digit before right-to-left letters', 'א1', '1א'],
];
for (const [rule, good, bad] of labels)
  test(`labels: ${rule}`, () => {
    assert.notEqual(internationalLabel(good), undefined, good);
    assert.equal(internationalLabel(bad), undefined, bad);
  });

test('labels are as long as their ASCII form', () => {
  assert.equal(internationalLabel('bücher'), 'xn--bcher-kva'.length);
  assert.equal(internationalLabel('abc'), 3);
  assert.equal(internationalLabel('xn--bcher-kva'), 13);
  for (const label of ['', 'a'.repeat(64), 'ü'.repeat(60), '-a', 'a-', 'a_b', 'ab--c', 'xn--a'])
    assert.equal(internationalLabel(label), undefined, label);
  assert.ok(isRightToLeft('א1'));
  assert.ok(!isRightToLeft('ü'));
});
