import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetection } from '../detection.ts';
import { detectors } from '../detectors/index.ts';
import { ordinaryDays, sequenceFacts } from '../sequence-world.ts';
import { Responder, type Bans } from './responder.ts';

const incident = 'one';
const seen = {
  detector: 'probing',
  title: 'x',
  time: 0,
  about: { kind: 'address', id: '192.0.2.1' },
  why: '',
  strength: 1,
  severity: 'low',
  request: 'r',
  operation: '',
  address: '192.0.2.1',
  principal: undefined,
  credential: undefined,
  shared: false,
} as const;
const eve = { principal: { subject: 'eve', issuer: 'idp' }, credential: 'token' };

function responder(respond: Record<string, 'ban' | 'limit' | 'step-up' | 'observe'>, more: object = {}) {
  const said: string[] = [];
  let now = 0;
  const bans: Bans = {
    ban: (ban) => Promise.resolve(void said.push(`ban ${JSON.stringify({ ...ban, reason: undefined })}`)),
    lift: (whom) => Promise.resolve(void said.push(`lift ${JSON.stringify(whom)}`)),
  };
  const made = new Responder({
    bans,
    respond,
    clock: () => now,
    onFailure: (error) => said.push(String(error)),
    ...more,
  });
  return { made, said, later: (ms: number) => (now += ms) };
}

test('nothing is done for detectors that are not named', async () => {
  const { made, said } = responder({ scraping: 'ban', probing: 'observe' });
  await made.act({ ...seen, ...eve }, incident);
  await made.act({ ...seen, detector: 'constructor' }, incident);
  assert.deepEqual(said, []);
});

test('ban bars the principal, step-up the credential, limit for a minute; all end by themselves', async () => {
  const { made, said, later } = responder(
    { probing: 'ban', scraping: 'limit', injection: 'step-up' },
    { respondFor: 600 },
  );
  await made.act({ ...seen, ...eve }, incident);
  await made.act({ ...seen, ...eve, detector: 'injection' }, incident);
  await made.act({ ...seen, ...eve, principal: { subject: 'bob', issuer: '' }, detector: 'scraping' }, incident);
  await made.act(seen, incident);
  assert.deepEqual(said, [
    'ban {"principal":"eve","issuer":"idp","for":600}',
    'ban {"credential":"token","issuer":"idp","for":600}',
    'ban {"principal":"bob","for":60}',
    'ban {"address":"192.0.2.1","for":600}',
  ]);
  assert.equal(made.done.length, 4);
  later(61_000);
  assert.equal(made.done.length, 3);
  later(600_000);
  assert.deepEqual(made.done, []);
});

test('it is said once for as long as it holds, and again before it ends', async () => {
  const { made, said, later } = responder({ probing: 'ban' }, { respondFor: 100 });
  for (let i = 0; i < 10; i++) await made.act({ ...seen, ...eve }, incident);
  assert.equal(said.length, 1);
  later(60_000);
  await made.act({ ...seen, ...eve }, incident);
  assert.equal(said.length, 2);
});

test('an address that others get in from is not barred, and never more than so many', async () => {
  const { made, said } = responder({ probing: 'ban' }, { most: 2 });
  await made.act({ ...seen, shared: true }, incident);
  for (let i = 0; i < 9; i++) await made.act({ ...seen, address: `192.0.2.${i}` }, incident);
  assert.equal(said.length, 2);
});

test('what was done is taken back with its incident, and what fails is told', async () => {
  const { made, said } = responder({ probing: 'ban' });
  await made.act({ ...seen, ...eve }, incident);
  await made.act(seen, 'two');
  await made.undo('one');
  assert.equal(said.at(-1), 'lift {"principal":"eve","issuer":"idp"}');
  assert.equal(made.done.length, 1);
  const failing = responder(
    { probing: 'ban' },
    { bans: { ban: () => Promise.reject(new Error('disk full')), lift: () => Promise.resolve() } },
  );
  await failing.made.act(seen, incident);
  assert.deepEqual(failing.said, ['Error: disk full']);
});

test('each detection of a stream is told with whom it is about', () => {
  const told: string[] = [];
  const detection = createDetection({
    seed: 1,
    onDetection: ({ principal, credential, shared }) => told.push(`${principal?.subject} ${credential} ${shared}`),
  });
  const attack = detectors.find(({ id }) => id === 'object-enumeration')?.bad[0];
  assert.ok(attack !== undefined);
  for (const facts of [...ordinaryDays(), ...sequenceFacts(attack)]) detection.sink(facts);
  assert.ok(told.length > 10);
  assert.equal(told[0], 'user3 user3-session true');
});
