import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { requestOf, type EntityRef, type PlainEntity, type SqlMapping } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { loadPolicySet, policyOptions, readYaml } from './load.ts';
import { questionOf, questionOptions } from './question.ts';

/** `castellan policy filter`: the SQL condition of what a principal may see. */
export async function filter(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, {
    ...policyOptions,
    ...questionOptions,
    type: { type: 'string' },
    mapping: { type: 'string' },
  });
  const { type } = values;
  if (type === undefined) {
    throw new CastellanError({ code: 'usage', message: 'no --type given', mend: 'write --type Document' });
  }
  const { set } = await loadPolicySet(values, terminal);
  const question = questionOf({ ...values, resource: `${type}::""` }, terminal);
  const request = requestOf(set, question);
  const list = set.filter({ ...request, type });
  const mapping = values.mapping === undefined ? {} : (readYaml(values.mapping, terminal.cwd) as SqlMapping);
  const members = (group: EntityRef, member: string) => membersOf(question.entities, group, member);
  const condition = list.sql({ members, ...mapping });
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ scope: list.scope, ...condition }, undefined, 2)}\n`
      : `${printable(condition.text)}\n${condition.params.map((param, index) => `  $${index + 1} = ${JSON.stringify(param)}\n`).join('')}`,
  );
  return 0;
}

/** Ids of the given entities of a type that are in a group, directly or not. */
function membersOf(entities: readonly PlainEntity[], group: EntityRef, type: string): string[] {
  const found = new Set([group.key()]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const { uid, parents } of entities)
      if (parents.some((parent) => found.has(parent.key()))) found.add(uid.key());
  }
  return entities.filter(({ uid }) => uid.type === type && found.has(uid.key())).map(({ uid }) => uid.id);
}
