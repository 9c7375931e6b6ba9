import { randomUUID } from 'node:crypto';
import { countMatches, readHolds, segmentsIn, writeHolds, type Query } from '@castellan/guard/audit';
import { formatTable } from '../table.ts';
import { queryOf, type Subcommand } from './arguments.ts';
import { usage } from '../arguments.ts';

/** Keeps what a query is about, whatever retention says; without one, shows what is kept. */
export const hold: Subcommand = (call) => {
  const { values, directory, terminal, now } = call;
  segmentsIn(directory);
  const query = Object.fromEntries(Object.entries(queryOf(call)).filter(([, value]) => value !== undefined)) as Query;
  if (values.reason === undefined) {
    if (Object.keys(query).length > 0) throw usage('why is it kept?', "add --reason 'case 2026-17'");
    const rows = readHolds(directory).map((one) => [
      one.id,
      new Date(one.time).toISOString(),
      one.reason,
      JSON.stringify(one.query),
    ]);
    terminal.out(rows.length === 0 ? 'no legal hold\n' : formatTable(['hold', 'since', 'reason', 'about'], rows));
    return 0;
  }
  const id = randomUUID().slice(0, 8);
  writeHolds(directory, [...readHolds(directory), { id, time: now, reason: values.reason, query }]);
  terminal.out(
    `hold ${id}: segments with ${countMatches(directory, query)} records of now, and those to come, are kept\n`,
  );
  return 0;
};

/** Ends a hold. */
export const release: Subcommand = ({ directory, rest, terminal }) => {
  const [id] = rest;
  if (id === undefined) throw usage('which hold?', 'castellan audit hold DIR shows them');
  const holds = readHolds(directory);
  if (!holds.some((one) => one.id === id)) throw usage(`there is no hold ${id}`, 'castellan audit hold DIR shows them');
  writeHolds(
    directory,
    holds.filter((one) => one.id !== id),
  );
  terminal.out(`hold ${id} is over\n`);
  return 0;
};
