import type { Location, Operation, Parameter, Profile } from '@castellan/contract';
import type { OverlayAction } from '../../findings/finding.ts';
import { pathOf, rootOf } from '../../posture/patch.ts';
import { segmentsOf } from '@castellan/meaning';
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

/** What only people can choose, where they did. */
export interface Choices {
  /** Groups that may read or write what is sensitive. */
  readonly groups?: readonly string[] | undefined;
  /** The team that answers for the API. */
  readonly owner?: string | undefined;
}

/**
 * The actions of an OpenAPI Overlay that declare a control wherever it is missing; empty where a document cannot say it, and
 * where people must choose first and did not. What is written refuses no call that the document takes by its examples,
 * bounds and defaults: what would, is for people to write.
 */
export function actionsFor(
  control: ControlId,
  api: ApiSubject,
  gaps: readonly Gap[],
  choices: Choices = {},
): OverlayAction[] {
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
  const groups = choices.groups ?? [];
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
        return limit === undefined
          ? undefined
          : castellan({ page: { limit: limit.name, max: largestPage(api, limit) } });
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
      for (const { need } of gaps)
        for (const location of need.at ?? [])
          if (!isPrivate(api, location))
            at(location, castellan({ url: { schemes: ['https', 'http'], private: 'deny' } }));
      break;
    case 'property-read':
      if (groups.length > 0) onFields(castellan({ read: groups }));
      break;
    case 'property-write':
      if (groups.length > 0) onFields(castellan({ write: groups }));
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
      if (choices.owner !== undefined) at(root, castellan({ owner: choices.owner }));
      break;
    default:
  }
  return [...made.values()];
}

/** The largest page that the document offers: its bound, its default, its examples, or what its description says; at least 100. */
function largestPage({ contract }: ApiSubject, { location, schema, description }: Parameter): number {
  const raws = [contract.at(location), schema?.raw].map((raw) => Object(raw) as Readonly<Record<string, unknown>>);
  const said = raws.flatMap((raw) => {
    const examples: readonly unknown[] = Array.isArray(raw['examples']) ? raw['examples'] : [];
    const listed: readonly unknown[] = Array.isArray(raw['enum']) ? raw['enum'] : [];
    return [raw['maximum'], raw['default'], raw['example'], ...examples, ...listed];
  });
  for (const text of [description, ...raws.map((raw) => raw['description'])])
    for (const match of String(text ?? '').matchAll(/\b\d{2,6}\b/g)) said.push(Number(match[0]));
  return Math.max(100, ...said.map(Number).filter((number) => Number.isInteger(number) && number > 0));
}

/** Whether an example of a URL leads inside: then honest calls do. */
function isPrivate({ contract }: ApiSubject, location: Location): boolean {
  const raw = Object(contract.at(location)) as Readonly<Record<string, unknown>>;
  const schema = Object(raw['schema']) as Readonly<Record<string, unknown>>;
  return [raw, schema].some(({ example, default: value, examples }) =>
    [example, value, ...(Array.isArray(examples) ? (examples as readonly unknown[]) : [])].some(
      (one) =>
        typeof one === 'string' &&
        /^[a-z]+:\/\/(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[|[^/.]+(?:[:/]|$)|[^/]+\.(?:local|internal|lan|test)\b)/i.test(
          one,
        ),
    ),
  );
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
