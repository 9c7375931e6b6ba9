import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { stateOf, type StateOptions } from './index.ts';
import { StateLog } from './file/state-log.ts';
import { LocalState } from './local-state.ts';
import type { State } from './state.ts';

/**
 * A state to look into from another process than its guards': of a folder what stands in its file now, of Redis what all instances count.
 * Nothing is taken and no folder is locked.
 * @param now milliseconds since the epoch
 * @throws CastellanError `no-state`, `bad-state`, `bad-option`, `state-unreachable`
 */
export async function lookInto(options: StateOptions, now: () => number): Promise<State> {
  if (options.file === undefined) {
    const state = (await stateOf({ timeout: 2000, ...options, required: true }))(now);
    await state.open();
    return state;
  }
  const file = join(options.file, 'state.jsonl');
  const read = existsSync(file) ? StateLog.read(file) : undefined;
  if (read === undefined)
    throw new CastellanError({
      code: 'no-state',
      message: 'no guard keeps its state here',
      place: { file },
      mend: 'name the folder that the guard has as state.file, or redis://…',
    });
  const state = new LocalState(now, { key: read.key });
  const tables = {
    counter: state.arrivals.table,
    once: state.once.table,
    thing: state.things.table,
    tally: state.tallies.table,
  };
  for (const [name, high, low, end, count] of read.entries) tables[name].set(high, low, end, now(), count);
  return state;
}
