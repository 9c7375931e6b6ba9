// Every way to tell others of incidents, with receivers that are down, slow, refuse, say what nobody says, or have a wrong certificate:
// nothing waits for them, what is lost is told and counted, one is not in the way of another, and no secret is in what is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetection, Notifier, type Incident, type NotifyOptions } from '@castellan/detect';
import { sequenceFacts } from '../src/sequence-world.ts';
import { good, hook, ill, mail, mailServer, raw, secret, smtp, webhook } from './receivers.ts';

const now = Date.UTC(2026, 2, 7);
const detection = createDetection({ seed: 1, honey: ['/backup.sql'] });
for (const facts of sequenceFacts({ title: '', steps: [{ call: 'GET /backup.sql', status: 404, from: '192.0.2.33' }] }))
  detection.sink(facts);
const [found] = detection.incidents;
assert.ok(found !== undefined);
const incident: Incident = found;

interface Told {
  readonly notifier: Notifier;
  readonly failures: string[];
  readonly waited: number[];
}

/** @param patience short for receivers that are silent; long for those that answer, however busy this machine is */
function telling(options: NotifyOptions, patience = 20_000): Told {
  const failures: string[] = [];
  const waited: number[] = [];
  const notifier = new Notifier(
    options,
    (error) => failures.push(error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error)),
    {
      fetch,
      clock: () => now,
      wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
      patience,
    },
  );
  return { notifier, failures, waited };
}

const sample = process.env['CASTELLAN_WHOLE'] === '1' ? ill : ill.filter((_, at) => at % 4 === 0);
for (const [what, said, tries, make] of sample)
  test(`${what}: it is told in one line without a secret, and nobody waits`, { timeout: 30_000 }, async (t) => {
    const options = await make(t);
    const patience = /not answer|too long/.test(said.source) ? 300 : undefined;
    const fine = await webhook(t, (_, response) => void response.end());
    const { notifier, failures, waited } = telling(options, patience);
    // What is well is told at once, whatever the other does.
    const both = options.webhook === undefined ? telling({ ...options, ...hook(fine.port) }, patience) : undefined;
    const others = both?.notifier.tell(incident, 'opened');
    const began = performance.now();
    const telling_ = notifier.tell(incident, 'opened');
    assert.ok(performance.now() - began < 1000, 'telling returns at once');
    await telling_;
    assert.equal(failures.length, 1, failures.join('\n'));
    assert.match(failures[0] ?? '', said);
    assert.match(
      failures[0] ?? '',
      /^the (?:webhook|syslog server|mail server) of detect\.notify did not get incident \S+ \(opened\): /,
    );
    assert.equal(notifier.lost, 1);
    assert.equal(waited.length, tries - 1);
    for (const text of failures) {
      assert.ok(!text.includes(secret), text);
      assert.ok(!text.includes(Buffer.from(`\0castellan\0${secret}`).toString('base64').slice(0, 20)), text);
    }
    await others;
    if (both !== undefined) assert.ok(fine.got.length > 0);
    await notifier.end();
    await both?.notifier.end();
  });

test('mail by a real server: STARTTLS and TLS from the first byte on, with a password; who is unknown keeps nobody from it', async (t) => {
  for (const security of ['starttls', 'tls'] as const) {
    const server = await mailServer(t, {
      ...good,
      secure: security === 'tls',
      onRcptTo: ({ address }, _, done) =>
        done(address.startsWith('night') ? Object.assign(new Error('nobody'), { responseCode: 550 }) : null),
    });
    const { notifier, failures } = telling(mail(server.port, { security }));
    await notifier.tell(incident, 'opened');
    assert.deepEqual(failures, []);
    assert.equal(server.got[0], 'auth castellan true');
    assert.match(Buffer.from(server.got[1]?.split('\r\n\r\n')[1] ?? '', 'base64').toString(), /A canary was touched/);
    await notifier.end();
  }
});

test('what comes right in time is not lost: a receiver that is back at the second try', async (t) => {
  let refused = 0;
  const back = await mailServer(t, {
    ...smtp,
    onMailFrom: (_, __, done) =>
      done(refused++ === 0 ? Object.assign(new Error('later'), { responseCode: 421 }) : null),
  });
  const { notifier, failures, waited } = telling(mail(back.port));
  await notifier.tell(incident, 'opened');
  assert.deepEqual([failures, waited], [[], [1000]]);
  await notifier.end();
});

test('beyond a hundred that wait each is told as lost, and the end waits for nobody', async (t) => {
  const silent = await raw(t, () => undefined);
  const failures: string[] = [];
  const notifier = new Notifier(hook(silent.port), (error) => failures.push(String(error)), {
    fetch,
    clock: () => now,
    wait: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('ended')))),
    patience: 60,
  });
  for (let n = 0; n < 130; n++) void notifier.tell(incident, 'updated');
  assert.equal(failures.length, 30);
  assert.match(failures[0] ?? '', /100 others wait/);
  const began = performance.now();
  await notifier.end();
  assert.ok(performance.now() - began < 10_000);
  assert.equal(failures.length, 130);
  assert.equal(notifier.lost, 130);
});
