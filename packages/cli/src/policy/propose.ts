import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { printable } from '@castellan/assess/printable';
import { cedarOf, formatProposals, overlayText, propose as proposalsOf, scenariosOf } from '@castellan/assess/propose';
import { CastellanError, loadContract } from '@castellan/contract';
import { readRecords } from '@castellan/guard/learn';
import { parseArguments } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';

const written = /^(?:#|\/\/) Written by castellan policy propose\./;

/** `castellan policy propose`: the policies that a security engineer would write first, each with its reason. */
export async function propose(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, {
    contract: { type: 'string' },
    overlay: { type: 'string', multiple: true },
    learn: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (values.contract === undefined)
    throw new CastellanError({ code: 'usage', message: 'no --contract given', mend: 'write --contract openapi.yaml' });
  const contract = await loadContract(values.contract, { cwd: terminal.cwd, overlays: values.overlay ?? [] });
  const exchanges =
    values.learn === undefined ? [] : (await readRecords(resolve(terminal.cwd, values.learn))).exchanges;
  const found = await proposalsOf(contract, exchanges);
  if (values.out !== undefined) {
    const folder = resolve(terminal.cwd, values.out);
    const texts: readonly (readonly [string, string | undefined])[] = [
      ['overlay.yaml', await overlayText(contract, found.proposals)],
      ['policies/proposed.cedar', cedarOf(found.proposals)],
      ['scenarios/proposed.yaml', await scenariosOf(found.proposals)],
    ];
    for (const [name] of texts) refuseOthers(folder, name);
    for (const folderOf of ['policies', 'scenarios']) mkdirSync(join(folder, folderOf), { recursive: true });
    for (const [name, text] of texts) if (text !== undefined) writeFileSync(join(folder, name), text);
  }
  terminal.out(values.json === true ? `${JSON.stringify(printable(found), undefined, 2)}\n` : formatProposals(found));
  return 0;
}

/** What somebody wrote, or changed the first line of, is not written over. */
function refuseOthers(folder: string, name: string): void {
  const file = join(folder, name);
  if (!existsSync(file) || written.test(readFileSync(file, 'utf8'))) return;
  throw new CastellanError({
    code: 'file-exists',
    message: 'the file is there and was not written by castellan policy propose',
    place: { file },
    mend: 'name another folder with --out, or move the file away',
  });
}
