import { printable } from '@castellan/assess/printable';
import { CastellanError, formatPlace, type Contract, type Operation } from '@castellan/contract';
import { resourceSchemas, speakersOf, type PolicySet, type Speaker } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import { formatTable } from '../table.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { loadPolicySet, policyOptions } from './load.ts';

/** One operation, or declared action, and the policies that decide on it. */
interface Row {
  readonly operation: string;
  readonly actsOn: string;
  readonly decided: string;
  readonly permits: readonly Speaker[];
  readonly forbids: readonly Speaker[];
}

/** What `castellan policy table --json` prints, and `castellan contract --policies` beside what the document says. */
export interface PolicyTable {
  readonly operations: readonly Row[];
  readonly resources: readonly { readonly type: string; readonly id: string; readonly schemas: readonly string[] }[];
}

/** What each operation acts on, when that is decided, who gets in by which policy, and which schemas describe each resource. */
export function policyTableOf(contract: Contract, set: PolicySet): PolicyTable {
  const resources = [...resourceSchemas(contract)].map(([type, schemas]) => ({
    type,
    id: contract.resources.get(type)?.id ?? 'id',
    schemas: schemas.map(({ location }) => formatPlace(contract.place(location))),
  }));
  return { operations: rowsOf(contract, set), resources };
}

/** The same as two aligned tables. */
export function formatPolicyTable(contract: Contract, { operations, resources }: PolicyTable): string {
  const otherwise =
    contract.castellan.profile === 'bank'
      ? 'nobody: no policy, and the profile bank asks for one'
      : 'whoever is authenticated: no policy';
  const decisions = formatTable(
    ['operation', 'acts on', 'decided', 'may', 'may not'],
    operations.map((row) => [
      row.operation,
      row.actsOn,
      row.decided,
      row.permits.length === 0 ? otherwise : inWords(row.permits),
      inWords(row.forbids),
    ]),
  );
  const described = formatTable(
    ['resource', 'id', 'described at'],
    resources.map(({ type, id, schemas }) => [type, id, schemas.join(', ')]),
  );
  return `${decisions}\n${described}`;
}

/** `castellan policy table`: what each operation acts on, when that is decided, and which policies speak. */
export async function table(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, policyOptions);
  if (values.contract === undefined)
    throw new CastellanError({ code: 'usage', message: 'no --contract given', mend: 'write --contract openapi.yaml' });
  const { set, contract } = await loadPolicySet(values, terminal, 'allow');
  if (contract === undefined) return 2;
  const found = policyTableOf(contract, set);
  terminal.out(
    values.json === true ? `${JSON.stringify(printable(found), undefined, 2)}\n` : formatPolicyTable(contract, found),
  );
  return 0;
}

function rowsOf(contract: Contract, set: PolicySet): Row[] {
  const row = (name: string, action: string, operation: Operation | undefined): Row => {
    const types = [...(set.schema?.actions.get('Action')?.get(action)?.resources ?? [])];
    const speakers = speakersOf(set, action, types);
    const id = operation?.resource?.id;
    const isOwn = operation?.resource !== undefined && types.length === 1;
    return {
      operation: name,
      actsOn: `${types.join(', ')}${isOwn && id !== undefined ? ` (${id})` : ''}`,
      decided: decidedBy(contract, operation, isOwn),
      permits: speakers.filter(({ effect }) => effect === 'permit'),
      forbids: speakers.filter(({ effect }) => effect === 'forbid'),
    };
  };
  return [
    ...contract.operations.map((one) => row(`${one.operationId} ${one.method} ${one.path}`, one.operationId, one)),
    ...(contract.castellan.actions ?? []).map(({ name }) => row(name, name, undefined)),
  ];
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE']);

/** When the guard can decide, and by whom the object is read first. */
function decidedBy(contract: Contract, operation: Operation | undefined, isOwn: boolean): string {
  if (operation === undefined) return 'when asked';
  const { resource, castellan, method } = operation;
  if (!isOwn || resource === undefined) return safe.has(method) ? 'before, and each object of the answer' : 'before';
  if (resource.id === 'auth.subject') return 'before, on the caller';
  if (resource.id === undefined) return safe.has(method) ? 'each object of the answer' : 'before, on the body';
  const through = castellan.resolve?.operation;
  if (through !== undefined) return `before, as ${through} answers it`;
  return safe.has(method) ? 'on the answer, or before by a loader' : 'before, by a loader';
}

/** `in Group::"staff", if (staff-may-read)`. */
function inWords(speakers: readonly Speaker[]): string {
  return speakers.map(({ id, who, conditional }) => `${who}${conditional ? ', if' : ''} (${id})`).join('; ');
}
