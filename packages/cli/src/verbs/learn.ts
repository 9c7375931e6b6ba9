import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { learn, learntFormats, writeLearnt, type Learnt } from '@castellan/assess/learn';
import { printable } from '@castellan/assess/printable';
import { CastellanError, loadContract } from '@castellan/contract';
import { readRecords } from '@castellan/guard/learn';
import { parseArguments, usage } from '../arguments.ts';
import { writeOut } from '../write-out.ts';
import { oneOf } from '../check/choice.ts';
import { watchFiles } from '../check/watch.ts';
import { Progress } from '../learn/live.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'learn',
  help: `castellan learn DIR --contract FILE [options]

Reads what a guard recorded (castellan gateway --mode observe --learn DIR), compares it with the document, and writes an
OpenAPI Overlay. The report says, by operation, what enforce would still refuse or change with it, and why. See docs/learn.md.

  --contract FILE    the OpenAPI document that was observed
  --overlay FILE     an overlay that was applied then; may be repeated
  --accept WHAT      safe (default): changes that need nobody's decision; all: those that are questions, too. Attacks never
  --out FILE         where the overlay is written; without it, only the report is printed
  --format NAME      of the report: text (default), markdown, html, json
  --watch            while the guard records: what is known so far, and what is new, whenever something was recorded
  --check            exit 1 where enforce would still refuse or change what the server accepted
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('learn', args, {
      contract: { type: 'string' },
      overlay: { type: 'string', multiple: true },
      accept: { type: 'string' },
      out: { type: 'string' },
      format: { type: 'string' },
      check: { type: 'boolean' },
      watch: { type: 'boolean' },
    });
    const [directory, second] = positionals;
    if (directory === undefined || second !== undefined)
      throw usage('one directory of records is read', 'write castellan learn DIR --contract openapi.yaml');
    if (values.contract === undefined) throw usage('--contract is missing', 'name the document that was observed');
    const accept = oneOf('accept', values.accept, ['safe', 'all']) ?? 'safe';
    const format = oneOf('format', values.format, learntFormats) ?? 'text';
    const { cwd } = terminal;
    const contract = await loadContract(values.contract, { cwd, overlays: values.overlay ?? [] });
    const folder = resolve(cwd, directory);
    const learnNow = async (): Promise<Learnt> => {
      const learnt = await learn(contract, await readRecords(folder), accept);
      if (values.out !== undefined)
        await writeOut({ file: values.out, cwd, what: 'the overlay' }, `${JSON.stringify(learnt.overlay, null, 2)}\n`);
      return learnt;
    };
    if (values.watch === true) {
      const progress = new Progress();
      terminal.err(`castellan: watching ${directory}; Ctrl-C ends it\n`);
      const job = async (): Promise<readonly string[]> => {
        const watched = [folder, ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])];
        try {
          const text = progress.of(printable(await learnNow()));
          if (text !== undefined) terminal.out(text);
        } catch (error) {
          // Nothing is recorded yet, or a line is only half written.
          if (!(error instanceof CastellanError) || !waitedFor.has(error.code)) throw error;
        }
        return watched;
      };
      await watchFiles(terminal, job, true);
      return 0;
    }
    const learnt = await learnNow();
    terminal.out(writeLearnt(learnt, format));
    const breaks = learnt.operations.some(({ changed, refused }) => changed + refused > 0);
    return values.check === true && breaks ? 1 : 0;
  },
};

/** What the next look may find otherwise. */
const waitedFor: ReadonlySet<string> = new Set(['no-records', 'bad-record']);
