import { printable } from '@castellan/assess/printable';
import { explainInWords, requestOf } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { loadPolicySet, policyOptions } from './load.ts';
import { questionOf, questionOptions } from './question.ts';

/** `castellan policy explain`: a decision in words. */
export async function explain(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, { ...policyOptions, ...questionOptions });
  const question = questionOf(values, terminal);
  const { set, sensitive } = await loadPolicySet(values, terminal);
  const explanation = set.explain(requestOf(set, question), { sensitive });
  terminal.out(
    values.json === true
      ? `${JSON.stringify(explanation, undefined, 2)}\n`
      : `${printable(explainInWords(explanation)).join('\n')}\n`,
  );
  const { type, id } = question.resource;
  // An object without attributes and one that the file does not have are decided alike, and meant otherwise.
  if (type !== 'Api' && !(question.entities ?? []).some(({ uid }) => uid.type === type && uid.id === id))
    terminal.err(
      `castellan: ${printable(`${type}::"${id}"`)} is not among the entities: nothing is known of it; name a file that has it with --entities\n`,
    );
  return 0;
}
