import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { castellan, signs, someOrders, steers } from './steering.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-steering-files-'));
after(() => rmSync(folder, { recursive: true }));
const documents = join(import.meta.dirname, '../../../examples/documents');

/** No file system has these in a name. */
const nameable = (text: string): string => text.replaceAll(/[\0/]/g, '');

test('no key, user, policy, scenario or file name of the other verbs steers a terminal or CI', async () => {
  for (const [index, text] of [signs.join(''), ...someOrders].entries()) {
    const inside = join(folder, `f${index}${nameable(text)}`);
    mkdirSync(inside);
    const file = (name: string): string => join(inside, `${name}${nameable(text)}`);
    const policies = file('rules.cedar');
    copyFileSync(join(documents, 'policies/sections.cedar'), policies);
    writeFileSync(
      file('unknown.cedar'),
      `@id(${JSON.stringify(`p${nameable(text)}`)}) permit (principal, action == Action::"none", resource);`,
    );
    const scenarios = join(inside, 'scenarios');
    mkdirSync(scenarios);
    const question = {
      now: '2026-11-24T10:00:00Z',
      principal: `User::${JSON.stringify(`u${text}`)}`,
      action: 'Action::"editSection"',
      resource: 'Section::"s"',
    };
    writeFileSync(
      join(scenarios, `s${nameable(text)}.json`),
      JSON.stringify({ scenarios: [{ name: `n${text}`, ...question, expect: 'allow' }] }),
    );
    const contract = ['--contract', join(documents, 'openapi.yaml')];
    const asked = Object.entries(question).flatMap(([name, value]) => [`--${name}`, value]);
    const verbs: readonly (readonly string[])[] = [
      ['keys', 'create', '--subject', `s${text}`, '--owner', `o${text}`, '--store', file('keys')],
      ['keys', 'create', '--user', `u${text}`, '--store', file('users')],
      ['keys', 'list', '--store', file('keys')],
      ['keys', 'list', '--store', file('none')],
      ['keys', 'list', '--users', '--store', file('users')],
      ['keys', 'revoke', '--user', `u${text}`, '--store', file('users')],
      ['keys', 'revoke', '--subject', `s${text}`, '--revocations', file('revocations')],
      ['keys', 'revoke', `k${text}`, '--store', file('keys')],
      ['keys', 'import', file('missing')],
      ['policy', 'check', policies, ...contract],
      ['policy', 'check', file('unknown.cedar'), ...contract],
      ['policy', 'explain', '--policies', policies, ...contract, ...asked],
      ['policy', 'filter', '--policies', policies, ...contract, ...asked],
      ['policy', 'test', scenarios, '--policies', policies, ...contract],
      ['diff', join(documents, 'openapi.yaml'), join(documents, 'openapi.yaml'), '--policies', policies],
      ['gateway', '--contract', file('missing'), '--upstream', `http://127.0.0.1:1/${text}`],
      ['check', join(documents, 'openapi.yaml'), '--baseline', file('baseline'), '--update-baseline'],
      ['check', join(documents, 'openapi.yaml'), '--fix', '--fix-to', file('mends.yaml')],
      [`verb${text}`],
      ['check', `--option${text}`],
    ];
    for (const args of verbs) {
      const { status, out, err } = await castellan(args, false, inside);
      const what = `${JSON.stringify(args)}: ${JSON.stringify(err)}`;
      assert.notEqual(status, 3, what);
      assert.equal(steers(out, false, false), undefined, what);
      assert.equal(steers(err, false, false), undefined, what);
    }
  }
});
