import type { Location, Operation, Profile } from '@castellan/contract';
import type { OverlayAction } from '../../findings/finding.ts';
import { pathOf, rootOf } from '../../posture/patch.ts';
import { segmentsOf } from '../../meaning/words.ts';
import type { AssessedNeed, AssessedThreat } from '../assess.ts';
import type { ControlId } from '../controls.ts';
import { strengthOfScheme } from '../facts/authentication.ts';
import type { ApiSubject } from '../system/model.ts';

/** What is missing at one threat: the need, and where. */
export interface Gap {
  readonly threat: AssessedThreat;
  readonly need: AssessedNeed;
}

const rates: Readonly<Record<Profile, string>> = {
  toy: '600/minute',
  internal: '300/minute',
  standard: '120/minute',
  bank: '60/minute',
};
const budgets: Readonly<Record<Profile, string>> = {
  toy: '100000/day',
  internal: '20000/hour',
  standard: '5000/hour',
  bank: '1000/hour',
};

/**
 * The actions of an OpenAPI Overlay that declare a control wherever it is missing; empty where a document cannot say it.
 * What people must still choose (groups, owners, dates) is written as a word in capitals.
 */
export function actionsFor(control: ControlId, api: ApiSubject, gaps: readonly Gap[]): OverlayAction[] {
  const made = new Map<string, OverlayAction>();
  const at = (location: Location, update: unknown): void => {
    const target = pathOf(api.contract, location);
    if (target !== undefined) made.set(target, { target, update });
  };
  const onOperations = (update: (operation: Operation) => unknown): void => {
    for (const { threat } of gaps) {
      if (threat.subject.kind !== 'operation') continue;
      const value = update(threat.subject.operation);
      if (value !== undefined) at(threat.subject.operation.location, value);
    }
  };
  const onFields = (update: unknown): void => {
    for (const { need } of gaps) for (const location of need.at ?? []) at(location, update);
  };
  const castellan = (value: object) => ({ 'x-castellan': value });
  const root = rootOf(api.contract);
  switch (control) {
    case 'rate-limit': {
      const logins = gaps.filter(({ threat }) => threat.subject.kind === 'operation' && threat.subject.purpose.login);
      if (gaps.length > logins.length)
        at(root, castellan({ rateLimit: { rate: rates[api.profile], by: 'principal' } }));
      for (const { threat } of logins)
        if (threat.subject.kind === 'operation')
          at(threat.subject.operation.location, castellan({ rateLimit: { rate: '5/minute', by: 'address' } }));
      break;
    }
    case 'authentication': {
      const requirement = strongest(api);
      if (requirement !== undefined) onOperations(() => ({ security: [requirement] }));
      break;
    }
    case 'object-authorization':
      onOperations((operation) => castellan({ resource: resourceFor(operation) }));
      break;
    case 'page-limit':
      onOperations((operation) => {
        const limit = operation.parameters.find(
          (one) =>
            one.in === 'query' &&
            /^(?:limit|per_?page|page_?size|count|size|max_?results|first|top|\$top)$/i.test(one.name),
        );
        return limit === undefined ? undefined : castellan({ page: { limit: limit.name, max: 100 } });
      });
      break;
    case 'data-budget':
      onOperations(() => castellan({ budget: { records: budgets[api.profile] } }));
      break;
    case 'body-limit':
      onOperations(() => castellan({ maxBody: '10MB' }));
      break;
    case 'flow-control':
      onOperations((operation) =>
        castellan({ flow: { name: segmentsOf(operation.path).at(-1) ?? operation.operationId, pace: '10/minute' } }),
      );
      break;
    case 'url-restriction':
      onFields(castellan({ url: { schemes: ['https'], private: 'deny' } }));
      break;
    case 'property-read':
      onFields(castellan({ read: ['GROUP-THAT-MAY-READ'] }));
      break;
    case 'property-write':
      onFields(castellan({ write: ['GROUP-THAT-MAY-WRITE'] }));
      break;
    case 'classification':
      for (const { need } of gaps)
        for (const location of need.at ?? []) {
          const data = api.data.classes.find(({ unclassified }) =>
            unclassified.some(({ node }) => same(node.location, location)),
          )?.data;
          at(
            location,
            castellan({
              sensitivity: data === 'secret' ? 'secret' : data === 'financial' ? 'confidential' : 'personal',
            }),
          );
        }
      break;
    case 'existence-secret':
      onOperations(() => castellan({ existence: 'secret' }));
      break;
    case 'lifecycle':
      onOperations(() => castellan({ lifecycle: { state: 'deprecated', sunset: '2027-12-31' } }));
      break;
    case 'ownership':
      at(root, castellan({ owner: 'TEAM-THAT-ANSWERS' }));
      break;
    default:
  }
  return [...made.values()];
}

function same(a: Location, b: Location): boolean {
  return a.pointer === b.pointer && a.document === b.document;
}

/** The strongest single scheme of the document, as a requirement. */
function strongest(api: ApiSubject): Readonly<Record<string, readonly string[]>> | undefined {
  const [scheme] = [...api.contract.securitySchemes.values()].sort((a, b) => strengthOfScheme(b) - strengthOfScheme(a));
  return scheme === undefined ? undefined : { [scheme.name]: [] };
}

/** The object that a path names last: its type from the segment before, its id from the parameter. */
function resourceFor(operation: Operation): { readonly type: string; readonly id: string } {
  const parameter = [...operation.path.matchAll(/\{([^{}]+)\}/g)].at(-1)?.[1] ?? 'id';
  const segment = /\/([^/{}]+)\/[^/]*\{[^{}]+\}[^{}]*$/.exec(operation.path)?.[1] ?? 'Object';
  const known = operation.resource?.type;
  const words = segment.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const type = words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .replace(/ies$/, 'y')
    .replace(/([^s])s$/, '$1');
  return { type: known ?? (type === '' ? 'Object' : type), id: operation.resource?.id ?? `path.${parameter}` };
}
