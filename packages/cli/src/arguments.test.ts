import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { parseArguments } from './arguments.ts';

const names = [
  'audit',
  'audit-dir',
  'audit-durability',
  'max-body',
  'max-nodes',
  'upstream',
  'upstream-ca',
  'contract',
];
const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));

function saidOf(flag: string): string {
  try {
    parseArguments('gateway', [flag, 'x'], options);
  } catch (error) {
    assert.ok(error instanceof CastellanError);
    assert.equal(error.code, 'usage');
    return error.fix;
  }
  return assert.fail(`${flag} was accepted`);
}

test('a flag with a slip is the one that was meant', () => {
  for (const name of names.filter((one) => one.length > 6))
    for (let at = 1; at < name.length - 1; at++)
      assert.equal(saidOf(`--${name.slice(0, at)}${name.slice(at + 1)}`), `did you mean --${name}?`);
});

test('a flag that is not there names those that share a word with it', () => {
  assert.equal(saidOf('--audit-file'), 'did you mean --audit, --audit-dir or --audit-durability?');
  assert.equal(saidOf('--body-limit'), 'did you mean --max-body?');
  assert.equal(saidOf('--upstream-address'), 'did you mean --upstream or --upstream-ca?');
  assert.equal(saidOf('--contract-file'), 'did you mean --contract?');
  for (const name of names)
    assert.match(saidOf(`--${name}-of-something`), /^did you mean (?:--[a-z-]+(?:, | or )?)+\?$/);
});

test('a flag that shares nothing leads to the help', () => {
  for (const flag of ['--nothing', '--x', '--zzzzzzzzzz-yyyyyyyyy'])
    assert.equal(saidOf(flag), 'see castellan gateway --help');
});
