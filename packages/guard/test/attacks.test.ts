// Attacks on tokens and credentials, each sent over a real socket and refused; the honest request beside it accepted.
// Writes docs/authentication-attacks.md: CASTELLAN_WRITE_DOCS=1 npm test -- packages/guard/test/attacks.test.ts
// promise: algorithm-pinned
// promise: no-keys-from-tokens
// promise: bound-tokens
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Attack } from './attacks/attack.ts';
import { credentialAttacks } from './attacks/credentials.ts';
import { proofAttacks } from './attacks/proofs.ts';
import { openStage, type Stage } from './attacks/stage.ts';
import { algorithmAttacks, claimAttacks, formAttacks } from './attacks/tokens.ts';

const groups: Readonly<Record<string, readonly Attack[]>> = {
  'Algorithms and keys of tokens': algorithmAttacks,
  'The form of tokens': formAttacks,
  'What tokens claim': claimAttacks,
  'Tokens that are bound to a key': proofAttacks,
  ...credentialAttacks,
};

const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'authentication-attacks.md');

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

for (const [group, attacks] of Object.entries(groups)) {
  describe(group, () => {
    for (const attack of attacks) {
      test(attack.name, async () => {
        const good = await stage.send(await attack.good(stage));
        assert.equal(good.status, 200, `the honest request: ${good.text}`);
        const bad = await stage.send(await attack.bad(stage));
        const refused = stage.events.at(-1)?.unmapped.castellan.refused;
        assert.deepEqual([bad.status, refused?.reason], [attack.status ?? 401, attack.reason]);
        // Neither why nor anything of the credential is told to whoever sent it.
        if (attack.status === undefined) assert.equal(bad.text.includes(attack.reason), false);
      });
    }
  });
}

test('every scheme gives the same AuthContext, frozen to the last leaf', () => {
  const kinds = new Set<string>();
  const schemes = new Set<string>();
  for (const context of stage.contexts) {
    assertFrozen(context);
    const { tenant: _tenant, ...rest } = context;
    assert.deepEqual(Object.keys(rest), fields);
    assert.ok(['id', 'kind'].every((name) => name in context.credential));
    kinds.add(context.credential.kind);
    for (const scheme of context.schemes) schemes.add(scheme);
  }
  assert.deepEqual([...kinds].sort(), [
    'api-key',
    'certificate',
    'jwt',
    'opaque-token',
    'password',
    'session',
    'signature',
  ]);
  assert.equal(schemes.size, 15);
});

const fields = ['subject', 'issuer', 'schemes', 'scopes', 'groups', 'claims', 'credential', 'authenticatedAt'];

function assertFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  assert.ok(Object.isFrozen(value));
  for (const inner of Object.values(value)) assertFrozen(inner);
}

test('no credential, good or bad, stands in an event', () => {
  const written = JSON.stringify(stage.events);
  assert.ok(stage.events.length > 200);
  for (const secret of [stage.apiKey, stage.stored.key, stage.gone.key, 'copper lantern', 'eyJ', 'Basic '])
    assert.equal(written.includes(secret), false, secret);
});

test('the page lists what was tried', () => {
  const count = Object.values(groups).reduce((sum, attacks) => sum + attacks.length, 0);
  assert.ok(count >= 60, `${count} attacks`);
  const text = render(count);
  if (process.env['CASTELLAN_WRITE_DOCS'] === '1') writeFileSync(page, text);
  assert.equal(readFileSync(page, 'utf8'), text, 'run with CASTELLAN_WRITE_DOCS=1 and commit the page');
});

function render(count: number): string {
  const lines = [
    '# Attacks on authentication',
    '',
    `${count} attacks on tokens and credentials. \`packages/guard/test/attacks.test.ts\` sends each over a real socket to a`,
    'guarded API and writes this page: the attack is refused with the status here and the reason stands in the event, not',
    'in the answer; the same request without the attack is accepted.',
    '',
  ];
  for (const [group, attacks] of Object.entries(groups)) {
    lines.push(
      `## ${group}`,
      '',
      '| attack | refused with | reason in the event | source |',
      '| --- | --- | --- | --- |',
    );
    for (const { name, status = 401, reason, source } of attacks)
      lines.push(`| ${name} | ${status} | \`${reason}\` | ${source} |`);
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
