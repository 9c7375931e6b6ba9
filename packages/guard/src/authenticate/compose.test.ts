import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@castellan/contract';
import type { RevocationList } from '../revocation/list.ts';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { compileRequirements } from './compose.ts';
import type { AuthenticationOutcome } from './index.ts';

const identityOf = (subject: string, more: object = {}): Identity =>
  ({
    subject,
    issuer: `${subject}’s`,
    scopes: [],
    groups: [],
    claims: { of: subject },
    credential: { id: subject },
    ...more,
  }) as unknown as Identity;
const verified = (identity: Identity): SchemeOutcome => ({ outcome: 'verified', identity });
const missing: SchemeOutcome = { outcome: 'missing' };
const refused = (reason: string, more: object = {}): SchemeOutcome => ({ outcome: 'refused', reason, ...more });
const unavailable = (reason: string, more: object = {}): SchemeOutcome => ({
  outcome: 'unavailable',
  reason,
  retryAfterSeconds: 5,
  ...more,
});
const throttled: SchemeOutcome = { outcome: 'throttled', retryAfterSeconds: 7 };

/** `a+b` needs both, each with the scopes in brackets: `a[read write]`. An empty text lets anybody in. */
function securityOf(requirements: readonly string[]): Operation['security'] {
  return requirements.map((requirement) => ({
    schemes: requirement
      .split('+')
      .filter(Boolean)
      .map((part) => {
        const [, name = '', scopes = ''] = /^(\w+)(?:\[(.*)\])?$/.exec(part) ?? [];
        return { scheme: { name }, scopes: scopes.split(' ').filter(Boolean) };
      }),
  })) as unknown as Operation['security'];
}

interface Asked {
  readonly asked: AuthenticationOutcome;
  /** Which verifiers ran, in order. */
  readonly ran: readonly string[];
}

async function ask(
  requirements: readonly string[],
  outcomes: Readonly<Record<string, SchemeOutcome>>,
  { later = false, revoked }: { readonly later?: boolean; readonly revoked?: readonly string[] } = {},
): Promise<Asked> {
  const ran: string[] = [];
  const verifiers = new Map(
    Object.entries(outcomes).map(([name, outcome]) => {
      const verify = (): SchemeOutcome | Promise<SchemeOutcome> => {
        ran.push(name);
        return later ? Promise.resolve(outcome) : outcome;
      };
      const challenge = `${name} realm="x"`;
      return [name, { scheme: { name }, challenge, notices: [], verify } as unknown as SchemeVerifier];
    }),
  );
  const revocations =
    revoked === undefined
      ? undefined
      : { size: revoked.length, isRevoked: ({ subject }: Identity) => revoked.includes(subject) };
  const operation = { security: securityOf(requirements) } as Operation;
  const verify = compileRequirements(operation, verifiers, revocations as unknown as RevocationList);
  assert.notEqual(verify, undefined);
  return { asked: await verify?.({ now: 42 } as SchemeRequest), ran };
}

/** The subject, `anybody`, or the type and reason of the refusal. */
function told(asked: AuthenticationOutcome): string {
  if (asked === undefined) return 'anybody';
  return 'subject' in asked ? asked.subject : `${asked.type} ${asked.reason}`;
}

const ada = verified(identityOf('ada', { scopes: ['read'] }));
const bob = verified(identityOf('bob', { scopes: ['write'] }));
const no = refused('bad');

type Row = readonly [
  requirements: readonly string[],
  outcomes: Readonly<Record<string, SchemeOutcome>>,
  told: string,
  ran: readonly string[],
];
const rows: readonly Row[] = [
  // One requirement of one scheme.
  [['a'], { a: ada }, 'ada', ['a']],
  [['a'], { a: missing }, 'unauthenticated no-credential', ['a']],
  [['a'], { a: no }, 'unauthenticated bad', ['a']],
  [['a'], { a: throttled }, 'rate-limited authentication-attempts', ['a']],
  [['a'], { a: unavailable('away') }, 'unavailable away', ['a']],
  [['a[read]'], { a: ada }, 'ada', ['a']],
  [['a[write]'], { a: ada }, 'insufficient-scope insufficient-scope', ['a']],
  [['a[read write]'], { a: ada }, 'insufficient-scope insufficient-scope', ['a']],
  // All schemes of one.
  [['a+b'], { a: ada, b: bob }, 'ada', ['a', 'b']],
  [['a+b'], { a: ada, b: no }, 'unauthenticated bad', ['a', 'b']],
  [['a+b'], { a: no, b: bob }, 'unauthenticated bad', ['a']],
  [['a+b'], { a: missing, b: bob }, 'unauthenticated no-credential', ['a']],
  [['a[read]+b[write]'], { a: ada, b: bob }, 'ada', ['a', 'b']],
  // Each scheme's own credential has its scopes.
  [['a[write]+b[read]'], { a: ada, b: bob }, 'insufficient-scope insufficient-scope', ['a', 'b']],
  [['a+b[read]'], { a: ada, b: bob }, 'insufficient-scope insufficient-scope', ['a', 'b']],
  // One of several.
  [['a', 'b'], { a: ada, b: bob }, 'ada', ['a']],
  [['a', 'b'], { a: missing, b: bob }, 'bob', ['a', 'b']],
  [['a', 'b'], { a: no, b: bob }, 'bob', ['a', 'b']],
  [['a', 'b'], { a: missing, b: missing }, 'unauthenticated no-credential', ['a', 'b']],
  [['a', 'b'], { a: missing, b: no }, 'unauthenticated bad', ['a', 'b']],
  [['a', 'b'], { a: no, b: unavailable('away') }, 'unauthenticated bad', ['a', 'b']],
  [['a', 'b'], { a: missing, b: unavailable('away') }, 'unavailable away', ['a', 'b']],
  [['a', 'b'], { a: no, b: throttled }, 'rate-limited authentication-attempts', ['a', 'b']],
  [['a[write]', 'b[write]'], { a: ada, b: bob }, 'bob', ['a', 'b']],
  [['a[write]', 'b'], { a: ada, b: no }, 'insufficient-scope insufficient-scope', ['a', 'b']],
  // A credential that is good once is verified once.
  [['a+b', 'a'], { a: ada, b: missing }, 'ada', ['a', 'b']],
  [['a[write]', 'a[read]'], { a: ada }, 'ada', ['a']],
  // Anybody.
  [['', 'a'], { a: missing }, 'anybody', ['a']],
  [['a', ''], { a: missing }, 'anybody', ['a']],
  [['a', ''], { a: ada }, 'ada', ['a']],
  [['a', ''], { a: no }, 'unauthenticated bad', ['a']],
  [['a', ''], { a: unavailable('away') }, 'unavailable away', ['a']],
  [['a', 'b', ''], { a: missing, b: no }, 'unauthenticated bad', ['a', 'b']],
];
for (const [requirements, outcomes, expected, order] of rows)
  test(`who calls: ${requirements.join(' or ')} with ${Object.values(outcomes)
    .map((one) => one.outcome)
    .join(', ')}: ${expected}`, async () => {
    for (const later of [false, true]) {
      const { asked, ran } = await ask(requirements, outcomes, { later });
      assert.deepEqual([told(asked), ran], [expected, order]);
    }
  });

test('what nobody has to prove costs nothing', () => {
  for (const security of [[], ['']])
    assert.equal(compileRequirements({ security: securityOf(security) } as Operation, new Map()), undefined);
  assert.throws(() => compileRequirements({ security: securityOf(['a']) } as Operation, new Map()), /no verifier .*a$/);
});

test('a credential that was taken back is none', async () => {
  for (const [requirements, outcomes, revoked, expected] of [
    [['a'], { a: ada }, ['ada'], 'unauthenticated credential-revoked'],
    [['a'], { a: ada }, ['bob'], 'ada'],
    [['a'], { a: ada }, [], 'ada'],
    [['a+b'], { a: ada, b: bob }, ['bob'], 'unauthenticated credential-revoked'],
    [['a', 'b'], { a: ada, b: bob }, ['ada'], 'bob'],
    [['a', 'b'], { a: ada, b: missing }, ['ada'], 'unauthenticated credential-revoked'],
    [['a', ''], { a: ada }, ['ada'], 'unauthenticated credential-revoked'],
    [['a', 'b[x]'], { a: ada, b: bob }, ['ada'], 'insufficient-scope insufficient-scope'],
  ] as const)
    assert.equal(told((await ask(requirements, outcomes, { revoked })).asked), expected, requirements.join(' or '));
});

test('what the caller is told', async () => {
  const headersOf = async (
    requirements: readonly string[],
    outcomes: Record<string, SchemeOutcome>,
  ): Promise<unknown> => {
    const { asked } = await ask(requirements, outcomes);
    return asked !== undefined && 'type' in asked ? asked.headers : undefined;
  };
  const authenticate = (value: string): object => ({ 'www-authenticate': value });
  for (const [requirements, outcomes, headers] of [
    [['a'], { a: missing }, authenticate('a realm="x"')],
    [['a', 'b'], { a: missing, b: missing }, authenticate('a realm="x", b realm="x"')],
    [['a', 'a+b'], { a: missing, b: missing }, authenticate('a realm="x", b realm="x"')],
    [
      ['a', 'b'],
      { a: refused('bad', { challenge: 'error="e"' }), b: missing },
      authenticate('a realm="x", error="e", b realm="x"'),
    ],
    [
      ['a'],
      { a: refused('bad', { headers: { 'dpop-nonce': 'n' } }) },
      { ...authenticate('a realm="x"'), 'dpop-nonce': 'n' },
    ],
    [['a'], { a: throttled }, { 'retry-after': '7' }],
    [['a'], { a: unavailable('away') }, { 'retry-after': '5' }],
    [['a[w "x"\\]'], { a: ada }, authenticate('Bearer error="insufficient_scope", scope="w x"')],
  ] as const)
    assert.deepEqual(await headersOf(requirements, outcomes), headers, requirements.join(' or '));
});

test('what the log is told', async () => {
  const logOf = async (outcome: SchemeOutcome): Promise<unknown> => {
    const { asked } = await ask(['a'], { a: outcome });
    return asked !== undefined && 'type' in asked ? [asked.log, 'log' in asked] : undefined;
  };
  assert.deepEqual(await logOf(refused('bad', { log: 'it threw' })), ['it threw', true]);
  assert.deepEqual(await logOf(no), [undefined, false]);
  assert.deepEqual(await logOf(unavailable('away', { log: 'since noon' })), ['since noon', true]);
  assert.deepEqual(await logOf(unavailable('away')), [undefined, false]);
});

test('the context of one credential, and of several together', async () => {
  const one = identityOf('ada', { scopes: ['a', 'b'], groups: ['g'], tenant: 't', unknown: ['groups'] });
  const two = identityOf('bob', { scopes: ['b', 'c'], groups: ['g', 'h'], tenant: 'u', unknown: ['groups', 'tenant'] });
  const contextOf = async (requirement: string, outcomes: Record<string, SchemeOutcome>): Promise<unknown> =>
    (await ask([requirement], outcomes)).asked;
  const common = {
    claims: { of: 'ada' },
    credential: { id: 'ada' },
    authenticatedAt: 42,
    subject: 'ada',
    issuer: 'ada’s',
  };
  const single = await contextOf('a', { a: verified(one) });
  assert.deepEqual(single, {
    ...common,
    schemes: ['a'],
    scopes: ['a', 'b'],
    groups: ['g'],
    tenant: 't',
    unknown: ['groups'],
  });
  assert.equal(Object.isFrozen(single), true);
  assert.deepEqual(await contextOf('a+b', { a: verified(one), b: verified(two) }), {
    ...common,
    schemes: ['a', 'b'],
    scopes: ['a', 'b', 'c'],
    groups: ['g', 'h'],
    tenant: 't',
    // Somebody knows the tenant.
    unknown: ['groups'],
  });
  const plain = identityOf('ada');
  assert.deepEqual(await contextOf('a', { a: verified(plain) }), { ...common, schemes: ['a'], scopes: [], groups: [] });
  assert.deepEqual(await contextOf('a+b', { a: verified(plain), b: verified({ ...two, subject: 'x' }) }), {
    ...common,
    schemes: ['a', 'b'],
    scopes: ['b', 'c'],
    groups: ['g', 'h'],
    tenant: 'u',
    unknown: ['groups'],
  });
  assert.deepEqual(await contextOf('a', { a: verified({ ...plain, unknown: ['tenant'] }) }), {
    ...common,
    schemes: ['a'],
    scopes: [],
    groups: [],
    unknown: ['tenant'],
  });
});

test('the context of a credential that is remembered is made once, and of two never shared', async () => {
  const identity = identityOf('ada');
  const outcome = verified(identity);
  const verifier = (name: string): SchemeVerifier =>
    ({ scheme: { name }, verify: () => outcome, notices: [] }) as unknown as SchemeVerifier;
  const verifiers = new Map(['a', 'b'].map((name) => [name, verifier(name)]));
  const of = (requirement: string): ((now: number) => unknown) => {
    const verify = compileRequirements({ security: securityOf([requirement]) } as Operation, verifiers);
    return (now) => verify?.({ now } as SchemeRequest);
  };
  const one = of('a');
  assert.equal(await one(1), await one(2));
  const two = of('a+b');
  assert.notEqual(await two(1), await two(2));
});
