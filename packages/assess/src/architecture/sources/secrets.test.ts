import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOf } from './connection.ts';
import { secretSeen } from './secrets.ts';
import { readTerraform } from './terraform.ts';

const place = { file: 'a.yaml', line: 1, column: 1 };
const how = (name: string, value: string) => secretSeen(name, value, place)?.how;

test('what is a secret, and how it is written', () => {
  const cases: readonly (readonly [name: string, value: string, how: string | undefined])[] = [
    ['JWT_SECRET', '9f2c1b7e55d04a6c', 'literal'],
    ['JWT_SECRET', 'your-super-secret-jwt-key-change-in-production', 'default'],
    ['API_KEYS', 'sk-f00d,sk-beef', 'literal'],
    ['LITELLM_MASTER_KEY', '${LITELLM_MASTER_KEY}', 'reference'],
    ['POSTGRES_PASSWORD', 'postgres', 'default'],
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-mjc}', 'literal'],
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:-postgres}', 'default'],
    ['POSTGRES_PASSWORD', '', 'default'],
    ['MISTRAL_API_KEY', '${MISTRAL_API_KEY:-}', undefined],
    ['SA_PASSWORD', '<secure-password>', 'reference'],
    ['DATABASE_URL', '${DATABASE_URL:-postgresql://mjc:mjc@db:5432/bot}', 'literal'],
    ['DATABASE_URL', 'postgres://shop:${DB_PASSWORD}@db/shop', 'reference'],
    ['DATABASE_URL', 'postgres://db/shop', undefined],
    ['ConnectionStrings__Default', 'Server=sqlserver;Database=Medical;User Id=sa;Password=Tr0ub4dor', 'literal'],
    ['ConnectionStrings__Default', 'Server=sqlserver;Database=Medical;Password=${SA_PASSWORD}', 'reference'],
    ['TOKEN_TTL', '3600', undefined],
    ['PASSWORD_MIN_LENGTH', '12', undefined],
    ['NEXT_TOKEN', 'abcdefghij', undefined],
    ['POSTGRES_PASSWORD_FILE', '/run/secrets/db', undefined],
    ['PORT', '8080', undefined],
    ['TLS', '-----BEGIN PRIVATE KEY-----\nMII', 'literal'],
  ];
  for (const [name, value, expected] of cases) assert.equal(how(name, value), expected, `${name}=${value}`);
});

test('where connections lead, and whether they are encrypted', () => {
  const to = (value: string) => {
    const flow = connectionOf('a', value, place);
    return flow === undefined ? undefined : [flow.toName, flow.port, flow.encrypted, flow.resource];
  };
  assert.deepEqual(to('postgres://u:p@db:5433/shop?sslmode=require'), ['db', 5433, true, 'shop']);
  assert.deepEqual(to('${DATABASE_URL:-postgresql://mjc:mjc@db:5432/bot}'), ['db', 5432, undefined, 'bot']);
  assert.deepEqual(to('jdbc:mysql://db/shop?useSSL=false'), ['db', 3306, false, 'shop']);
  assert.deepEqual(to('Server=tcp:sql,1433;Database=Medical;Encrypt=False;Password=x'), [
    'sql',
    1433,
    false,
    'Medical',
  ]);
  assert.deepEqual(to('redis://:secret@cache'), ['cache', 6379, false, undefined]);
  assert.deepEqual(to('${ONLY_A_NAME}'), undefined);
  assert.deepEqual(to('just text; with = signs'), undefined);
});

test('a scheme or a resource that has the name of what every object has is not known', () => {
  for (const name of ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty']) {
    assert.equal(connectionOf('a', `${name.replaceAll('_', '')}://db:5432/shop`, place), undefined, name);
    assert.deepEqual(readTerraform('a.tf', `resource "${name}" "x" {}`).components, [], name);
  }
});
