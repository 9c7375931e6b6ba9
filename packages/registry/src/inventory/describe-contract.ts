import { applyIgnores, checkContract, contractRules, scoreOf } from '@castellan/assess/posture';
import { neededControls, readData } from '@castellan/assess/threats';
import { purposesOf } from '@castellan/meaning';
import { packControls, type ControlStatement } from '../posture/statement.ts';
import type { CheckResult } from '../store/tables.ts';
import { everyServer, type Contract, type Lifecycle, type Operation } from '@castellan/contract';

/** What the inventory keeps of an operation. */
interface DescribedOperation {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly authenticated: boolean;
  readonly state: string;
  readonly sunset: string | null;
  readonly owner: string | null;
  readonly purposes: readonly string[];
  /** Classes of data that callers send and are given. */
  readonly takes: readonly string[];
  readonly gives: readonly string[];
  readonly resource: string | null;
}

/** What the inventory keeps of a contract. */
export interface DescribedContract {
  readonly digest: string;
  readonly title: string;
  readonly version: string;
  readonly openapi: string;
  readonly profile: string;
  readonly description: string;
  readonly owner: string | null;
  readonly state: string;
  readonly sunset: string | null;
  readonly servers: readonly string[];
  readonly links: readonly { readonly rel: string; readonly href: string }[];
  readonly operations: readonly DescribedOperation[];
  readonly document: string | null;
  readonly controls: ControlStatement;
  readonly checked: CheckResult;
}

/** Characters of a document that is kept. */
const maxDocument = 8 * 1024 * 1024;

/**
 * Reads what the inventory keeps out of a contract.
 * @param now milliseconds since the epoch
 */
export function describeContract(contract: Contract, now: number): DescribedContract {
  const { castellan } = contract;
  const data = readData(contract);
  const document = JSON.stringify(contract.document);
  const info = membersOf(contract.document['info']);
  return {
    digest: contract.digest,
    title: contract.title,
    version: contract.version,
    openapi: contract.openapi,
    profile: castellan.profile,
    description: typeof info['description'] === 'string' ? info['description'].slice(0, 2_000) : '',
    owner: castellan.owner ?? contactOf(info),
    state: castellan.lifecycle?.state ?? 'published',
    sunset: castellan.lifecycle?.sunset ?? null,
    servers: [...new Set(everyServer(contract).map(({ url }) => url))].slice(0, 50),
    links: linksOf(contract, info),
    operations: contract.operations.map((operation) => {
      const { takes, gives } = data.of(operation);
      const { operationId, method, path } = operation;
      return {
        operation: operationId,
        method,
        path,
        authenticated: operation.security.length > 0 && operation.security.every(({ schemes }) => schemes.length > 0),
        ...stateOf(operation, castellan.lifecycle),
        owner: operation.castellan.owner ?? null,
        purposes: [...purposesOf({ method, path, operationId })],
        takes,
        gives,
        resource: operation.resource?.type ?? null,
      };
    }),
    document: document.length > maxDocument ? null : document,
    controls: packControls(neededControls(contract)),
    checked: checkedOf(contract, now),
  };
}

function stateOf(operation: Operation, api: Lifecycle | undefined): { state: string; sunset: string | null } {
  const said = operation.castellan.lifecycle ?? api;
  const state = said?.state ?? 'published';
  return {
    state: operation.deprecated && state === 'published' ? 'deprecated' : state,
    sunset: [operation.castellan.lifecycle?.sunset, api?.sunset].filter((one) => one !== undefined).sort()[0] ?? null,
  };
}

/** What the rules of `castellan check` find in it, without those that its document accepts. */
function checkedOf(contract: Contract, now: number): CheckResult {
  const place = contract.place({ document: contract.documents[0] ?? '', pointer: '' });
  const accepted = (contract.castellan.ignore ?? []).map((ignore) => ({ ...ignore, place }));
  const ids = contractRules.map(({ id }) => id);
  const all = checkContract(contract, { now, rules: contractRules });
  const { findings } = applyIgnores(all, accepted, ids, now);
  const counts = [...Map.groupBy(findings, ({ severity }) => severity)].map(([severity, all]) => [
    severity,
    all.length,
  ]);
  const { value } = scoreOf(findings, contract.operations.length);
  return {
    score: value,
    findings: Object.fromEntries(counts) as CheckResult['findings'],
    at: new Date(now).toISOString(),
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function contactOf(info: Readonly<Record<string, unknown>>): string | null {
  const { name, email } = membersOf(info['contact']);
  return typeof name === 'string' && name !== '' ? name : typeof email === 'string' && email !== '' ? email : null;
}

function linksOf(contract: Contract, info: Readonly<Record<string, unknown>>): { rel: string; href: string }[] {
  const documentation = membersOf(contract.document['externalDocs'])['url'];
  const terms = info['termsOfService'];
  return [
    ...(typeof documentation === 'string' ? [{ rel: 'service-doc', href: documentation }] : []),
    ...(typeof terms === 'string' ? [{ rel: 'terms-of-service', href: terms }] : []),
  ].filter(({ href }) => /^https?:\/\//i.test(href));
}
