import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { apiType, checkNames, uidOf, whatMay, whoMay, type Access } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import { formatTable } from '../table.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { loadPolicySet, policyOptions } from './load.ts';
import { questionOptions, sharedQuestionOf } from './question.ts';

const { principal, action, resource, ...shared } = questionOptions;

/** `castellan policy who`: who of the given entities may do something, and by which policy. */
export async function who(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, {
    ...policyOptions,
    ...shared,
    action,
    resource,
    id: { type: 'string' },
  });
  if (values.resource === undefined || values.action === undefined)
    throw usage('who may do what to what?', `write --resource Order --id 17 --action getOrder`);
  const { set, contract } = await loadPolicySet(values, terminal);
  const named = values.id === undefined ? values.resource : `${values.resource}::"${values.id}"`;
  const isApi = values.id === undefined && named === apiType;
  const place = { file: '<command line>' };
  const about = {
    action: uidOf(values.action, 'Action', '--action', place),
    resource: uidOf(isApi ? `${apiType}::"${contract?.title ?? ''}"` : named, undefined, '--resource', place),
  };
  checkNames(set.schema, about);
  const found = whoMay(set, { ...sharedQuestionOf(values, terminal), ...about });
  if (values.json === true) return printJson(found, terminal);
  const rows = found.map((one) => [
    one.principal.id === '' ? 'anybody else' : String(one.principal),
    one.policies.join(', '),
  ]);
  terminal.out(rows.length === 0 ? 'nobody of the entities, and nobody else\n' : formatTable(['who', 'by'], rows));
  return 0;
}

/** `castellan policy what`: what somebody may do to the given entities and the API, and by which policy. */
export async function what(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, { ...policyOptions, ...shared, principal });
  if (values.principal === undefined) throw usage('what may who do?', 'write --principal ada');
  if (values.contract === undefined)
    throw usage('no --contract given', 'actions stand in it: write --contract openapi.yaml');
  const { set, contract } = await loadPolicySet(values, terminal);
  const caller = uidOf(values.principal, 'User', '--principal', { file: '<command line>' });
  checkNames(set.schema, { principal: caller });
  const found = whatMay(set, {
    ...sharedQuestionOf(values, terminal),
    principal: caller,
    api: contract?.title ?? '',
  });
  if (values.json === true) return printJson(found, terminal);
  const rows = found.map((one) => [one.action.id, String(one.resource), one.policies.join(', ')]);
  terminal.out(
    rows.length === 0
      ? 'nothing to any of the entities, and nothing to the API\n'
      : formatTable(['may', 'on', 'by'], rows),
  );
  return 0;
}

function printJson(found: readonly Access[], terminal: Terminal): ExitStatus {
  const plain = found.map((one) => ({
    principal: { type: one.principal.type, id: one.principal.id },
    action: one.action.id,
    resource: { type: one.resource.type, id: one.resource.id },
    policies: one.policies,
  }));
  terminal.out(`${JSON.stringify(printable(plain), undefined, 2)}\n`);
  return 0;
}

const usage = (message: string, mend: string): CastellanError => new CastellanError({ code: 'usage', message, mend });
