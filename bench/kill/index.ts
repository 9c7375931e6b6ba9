// npm run bench -- kill [--rounds 200] [--seed 1]: kills a server with an audit log at random moments, and looks for every answer that it gave.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyLog } from '@castellan/guard/audit';
import { killOnce } from '../../packages/guard/test/audit-log/killing.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
let state = Number(values.seed);
/** A number below 1 that is the same in each run (Park and Miller). */
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}
const rounds = Number(values.rounds);
const modes = ['fsync', 'required', 'async'];
let failed = false;
for (const [at, mode] of modes.entries()) {
  const directory = mkdtempSync(join(tmpdir(), 'castellan-kill-'));
  const own = Math.floor((rounds + at) / modes.length);
  let answers = 0;
  let lost = 0;
  let latest = 0;
  let findings = 0;
  for (let round = 0; round < own; round++) {
    const killed = await killOnce(directory, mode, 10 + random() * 600);
    answers += killed.answers;
    lost += killed.lost.length;
    latest = Math.max(latest, ...killed.lost);
    findings += verifyLog(directory).findings.length;
  }
  rmSync(directory, { recursive: true });
  if (findings > 0 || (mode !== 'async' && lost > 0)) failed = true;
  const bound = mode === 'async' ? `, the earliest ${latest.toFixed(0)} ms before the kill` : '';
  console.log(
    `${mode}: killed ${own} times, ${answers} answers, ${lost} not in the log${bound}; verify: ${findings} findings`,
  );
}
process.exitCode = failed ? 1 : 0;
