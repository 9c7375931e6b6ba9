import { PeopleFile, segmentsIn } from '@castellan/guard/audit';
import { CastellanError } from '@castellan/contract';
import { type Subcommand } from './arguments.ts';
import { usage } from '../arguments.ts';

/** Destroys the key of a person: what the log has of them stays in the chain, and nobody can read it. */
export const erase: Subcommand = ({ values, directory, terminal }) => {
  const { principal } = values;
  segmentsIn(directory);
  if (principal === undefined) throw usage('who is erased?', 'add --principal SUBJECT');
  if (!PeopleFile.isIn(directory))
    throw new CastellanError({
      code: 'no-pseudonyms',
      message: 'people are named in this log by their own names, which its chain holds',
      place: { file: directory },
      mend: 'set audit.pseudonyms before people come into it; what is there ends with its retention',
    });
  const pseudonym = new PeopleFile(directory).erase(principal);
  if (pseudonym === undefined) {
    terminal.out('nobody of this name is in the log\n');
    return 1;
  }
  terminal.out(`erased: ${pseudonym} is nobody any more; copies of people.jsonl in backups hold the key still\n`);
  return 0;
};
