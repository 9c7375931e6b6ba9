import { join } from 'node:path';
import { stateOf, type StateOptions } from '../state/index.ts';
import { BanList, type BanOptions } from './list.ts';

/**
 * The list of bans that guards of this state read, for whoever is no guard: `castellan ban`, a detector in a process of its own.
 * @param place the state of the guards, or the file that they share
 * @returns the list, read, and what ends its connection
 * @throws CastellanError `bad-option`, `state-unreachable`, `bad-bans`
 */
export async function openBans(
  place: { readonly state: StateOptions } | { readonly file: string },
): Promise<{ readonly bans: BanList; readonly close: () => Promise<void> }> {
  if ('file' in place) return opened({ file: place.file });
  if (place.state.file !== undefined) return opened({ file: join(place.state.file, 'bans.jsonl') });
  const state = (await stateOf({ timeout: 2000, ...place.state, required: true }))(Date.now);
  await state.open();
  return opened(state.bans ?? {}, () => state.close());
}

async function opened(
  options: BanOptions,
  end: () => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly bans: BanList; readonly close: () => Promise<void> }> {
  const bans = await new BanList(options).open();
  return {
    bans,
    async close() {
      await bans.close();
      await end();
    },
  };
}
