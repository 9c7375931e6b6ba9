import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { detectors, type Incident } from '@castellan/detect';
import { ordinaryDays, sequenceDocument, sequenceFacts } from '../../detect/src/sequence-world.ts';
import { run } from '../src/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-detect-'));
after(() => rmSync(folder, { recursive: true }));

const lines = (list: readonly object[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('');
const ordinary = ordinaryDays();
const attack = detectors.find(({ id }) => id === 'object-enumeration')?.bad[0];
assert.ok(attack !== undefined);
writeFileSync(join(folder, 'days.jsonl'), lines(ordinary));
writeFileSync(join(folder, 'attack.jsonl'), lines(sequenceFacts(attack)));
writeFileSync(join(folder, 'openapi.json'), JSON.stringify(sequenceDocument));

async function castellan(
  args: readonly string[],
  signal = new AbortController().signal,
  said?: (text: string) => void,
) {
  let out = '';
  let err = '';
  const status = await run(args, {
    out: (text) => {
      out += text;
      said?.(out);
    },
    err: (text) => (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal,
  });
  return { status, out, err };
}

test('ordinary days are none, an attack after them is one: who, what was refused, what to do', async () => {
  const quiet = await castellan(['detect', 'days.jsonl', '--contract', 'openapi.json']);
  assert.equal(quiet.status, 0, quiet.out);
  assert.match(quiet.out, new RegExp(`^${ordinary.length} events, 0 incidents$`, 'm'));
  const loud = await castellan(['detect', 'days.jsonl', 'attack.jsonl']);
  assert.equal(loud.status, 1);
  assert.match(loud.out, /^HIGH Objects are enumerated \(principal user3\)$/m);
  assert.match(loud.out, /refused: authorize: forbidden/);
  assert.match(loud.out, /got out: nothing/);
  assert.match(loud.out, /proposed: ban\. /);
  assert.equal(
    (
      await castellan([
        'detect',
        'days.jsonl',
        'attack.jsonl',
        '--off',
        'object-enumeration',
        '--off',
        'probing',
        '--off',
        'scraping',
      ])
    ).status,
    0,
  );
});

test('as JSON and as OCSF Detection Finding', async () => {
  const json = await castellan(['detect', 'days.jsonl', 'attack.jsonl', '--format', 'json']);
  const [incident] = JSON.parse(json.out) as Incident[];
  assert.equal(incident?.principals[0]?.name, 'user3');
  const ocsf = await castellan(['detect', 'days.jsonl', 'attack.jsonl', '--format', 'ocsf']);
  const finding = JSON.parse(ocsf.out.trim()) as Record<string, unknown>;
  assert.equal(finding['class_uid'], 2004);
  assert.equal(finding['type_uid'], 200_401);
  assert.equal((finding['finding_info'] as { uid: string }).uid, incident?.id);
});

test('what is no event is left out and said; what cannot be meant is one line', async () => {
  writeFileSync(join(folder, 'odd.jsonl'), `nonsense\n{"time":1}\n${lines(ordinary.slice(0, 3))}`);
  const odd = await castellan(['detect', 'odd.jsonl']);
  assert.equal(odd.status, 0);
  assert.match(odd.err, /2 lines are no events/);
  assert.match(odd.out, /^3 events, 0 incidents; all within the warm-up/m);
  for (const [args, said] of [
    [['detect'], /no file of events is named/],
    [['detect', 'none.jsonl'], /ENOENT/],
    [['detect', 'days.jsonl', '--off', 'scrapping'], /did you mean scraping\?/],
    [['detect', 'days.jsonl', '--warm-up', 'soon'], /write a time such as 12h/],
    [['detect', 'days.jsonl', '--canary', '4711'], /Order\/4711/],
    [['watch'], /one source is watched/],
    [['watch', 'none.jsonl'], /ENOENT/],
    [['watch', 'http://127.0.0.1:9'], /does not answer/],
  ] as const) {
    const { status, err } = await castellan(args);
    assert.equal(status, 2, args.join(' '));
    assert.match(err, said);
    assert.equal(err.trim().split('\n').length, 1);
  }
});

test('watch follows a file that grows and is put away, and ends with the signal', async () => {
  const file = join(folder, 'live.jsonl');
  writeFileSync(file, lines(ordinary));
  const stop = new AbortController();
  let step = 0;
  const watched = castellan(['watch', 'live.jsonl', '--refused'], stop.signal, (out) => {
    if (step === 0 && out.includes('403')) {
      step = 1;
      renameSync(file, `${file}.1`);
      writeFileSync(file, lines([{ ...ordinary[0], status: 500, template: '/after' }]));
    }
    if (step === 1 && out.includes('/after')) stop.abort();
  });
  appendFileSync(file, lines(sequenceFacts(attack)));
  const { status, out } = await watched;
  assert.equal(status, 0);
  assert.match(out, /403 {2}GET \/orders\/\{id\} {2}user3 \(10\.3\.5\.7\).*authorize: forbidden \(policy-denied\)/);
  assert.match(out, /HIGH Objects are enumerated/);
});

test('files of two instances are played together, by their time', async () => {
  const [even, odd] = [0, 1].map((rest) => [...ordinary, ...sequenceFacts(attack)].filter((_, i) => i % 2 === rest));
  writeFileSync(join(folder, 'even.jsonl'), lines(even ?? []));
  writeFileSync(join(folder, 'odd-ones.jsonl'), lines(odd ?? []));
  const both = await castellan(['detect', 'odd-ones.jsonl', 'even.jsonl', '--format', 'json']);
  const incidents = JSON.parse(both.out) as Incident[];
  assert.deepEqual(
    incidents.map(({ principals }) => principals[0]?.name),
    ['user3'],
  );
  assert.equal(both.err, '');
});
