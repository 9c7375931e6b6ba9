// promise: diff-never-silent
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnjudged, judge, saysLess, saysMore, type Judgement } from './pairs.ts';

/** More of them: `CASTELLAN_PAIRS=20000`. */
const PAIRS = Number(process.env['CASTELLAN_PAIRS'] ?? 400);
const FROM = Number(process.env['CASTELLAN_SEED'] ?? 0);

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const shown = ({ what, old, now, gained, changes }: Judgement): string =>
  JSON.stringify({ what, old, now, value: gained?.value, says: changes.map(({ message }) => message) });

test(`of ${PAIRS} random pairs of schemas, a value that only the new one takes is found as a weakening in 98 %, and false alarms are at most 2 %`, async () => {
  const judgements: Judgement[] = [];
  for (let seed = FROM; seed < FROM + PAIRS; seed++) judgements.push(await judge(seed));
  const gained = judgements.filter((one) => one.gained !== undefined);
  const missed = gained.filter((one) => !saysMore(one) && !isUnjudged(one));
  assert.ok(gained.length > PAIRS / 3);
  assert.ok(share(missed.length, gained.length) <= 0.02, missed.slice(0, 3).map(shown).join('\n'));
  const quiet = judgements.filter((one) => one.gained === undefined);
  const alarms = quiet.filter(saysMore);
  assert.ok(share(alarms.length, quiet.length) <= 0.02, alarms.slice(0, 3).map(shown).join('\n'));
  const lost = judgements.filter((one) => one.lost !== undefined);
  const silent = lost.filter((one) => !saysLess(one) && !isUnjudged(one) && one.changes.length === 0);
  assert.ok(share(silent.length, lost.length) <= 0.02, silent.slice(0, 3).map(shown).join('\n'));
  // What cannot be judged is the exception.
  assert.ok(share(judgements.filter(isUnjudged).length, PAIRS) <= 0.02);
});
