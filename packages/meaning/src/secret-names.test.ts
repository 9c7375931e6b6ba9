import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretName } from './secret-names.ts';

/** One name in every way of writing it. */
const spellings = (words: string): string[] => {
  const [first = '', ...rest] = words.split(' ');
  const big = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return [
    first + rest.map(big).join(''),
    [first, ...rest].map(big).join(''),
    [first, ...rest].join('_'),
    [first, ...rest].join('-'),
    [first, ...rest].join('_').toUpperCase(),
  ];
};

const secrets = [
  ...['password', 'secret', 'passphrase', 'pin', 'cvv'].flatMap((name) => [name, `user ${name}`, `new ${name}`]),
  ...['access', 'refresh', 'session', 'auth', 'reset', 'bearer', 'verification', 'invite'].map((of) => `${of} token`),
  ...['api', 'private', 'encryption', 'signing', 'hmac', 'secret'].flatMap((of) => [`${of} key`, `stripe ${of} key`]),
  ...['totp', 'otp', 'mfa'].map((of) => `${of} seed`),
  ...['client', 'webhook', 'totp', 'shared'].map((of) => `${of} secret`),
  'password hash',
  'password salt',
  'recovery codes',
  'secret access key',
  'security code',
];
const about = ['count', 'type', 'id', 'name', 'hint', 'url', 'expires at', 'changed at', 'policy', 'prefix', 'length'];
const harmless = [
  ...secrets.flatMap((name) => about.map((what) => `${name} ${what}`)),
  ...secrets.flatMap((name) =>
    ['has', 'is', 'needs', 'public', 'masked', 'encrypted'].map((what) => `${what} ${name}`),
  ),
  ...['next page', 'continuation', 'sync', 'next', 'device push'].map((of) => `${of} token`),
  ...['public', 'idempotency', 'partition', 'sort', 'foreign', 'primary', 'object'].map((of) => `${of} key`),
  'secretary',
  'commit signing keys',
  'tokenizer',
  'keyboard',
  'pinned',
  'compass',
  'token',
  'key',
  'seed',
  'hash',
  'country code',
];

test('what lets somebody in is a secret however its name is written', () => {
  assert.deepEqual(
    secrets.flatMap(spellings).filter((name) => !isSecretName(name)),
    [],
  );
});

test('what is said about a secret, what is public, and words that only look alike are none', () => {
  assert.deepEqual(
    harmless.flatMap(spellings).filter((name) => isSecretName(name)),
    [],
  );
});
