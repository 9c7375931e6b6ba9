import { anonymousType, apiType, principalType } from './type-names.ts';
import {
  CastellanError,
  compileResourceAccess,
  type Contract,
  type DeclaredAction,
  type MediaType,
  type Operation,
  type Parameter,
} from '@castellan/contract';
import { engine, type Cedar } from '../load/engine.ts';
import { TypeReader, type CedarRecordType, type CedarType } from './json-type.ts';
import { declaredActions } from './declared-actions.ts';
import { checkActionRules } from './action-rules.ts';
import { entityTypeName } from './name.ts';
import { schemasByResource, type At } from './resource-schemas.ts';

/** Options of {@link policySchema}. */
export interface PolicySchemaOptions {
  /**
   * Every group that exists. With them, a policy that names another is an error; without, any group may be named and
   * groups may be in groups.
   */
  readonly groups?: readonly string[] | undefined;
  /**
   * Whether something beside the API tells what objects are in (the guard's `entities`): then every resource may be in
   * every other, and policies may say `resource in Folder::"f1"`. Without, such a policy could never apply.
   */
  readonly hierarchies?: boolean | undefined;
}

/** What policies are checked against, made from a contract. */
export interface PolicySchema {
  /** Cedar's JSON form, for {@link compilePolicies}. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The same in Cedar's text form, to be read. */
  readonly text: string;
  /** The Cedar entity type of each resource type of the contract. */
  readonly entityTypes: ReadonlyMap<string, string>;
  /** Names of properties that policies cannot read, and why: for the messages about those that do. */
  readonly leftOut: ReadonlyMap<string, string>;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
type Attributes = Record<string, CedarType & { required?: boolean }>;

/**
 * The Cedar schema of an API: operations are actions, in the groups `safe` or `unsafe` and `tag:…`; resources are entity
 * types with the properties of their schemas; callers are `User`s in `Group`s; the context has `now`, `address`, `scopes`,
 * `tenant`, `actor` (who acts for the principal by RFC 8693), the decoded parameters as `path`, `query`, `header` and `cookie`, and the flat properties of a JSON `body`.
 * @throws CastellanError `unknown-action` for one that a property names and no operation or declared action is; `duplicate-action`, `unknown-resource` for declared ones; `bad-schema` when the engine refuses it, which would be a fault of this function
 */
export function policySchema(contract: Contract, options: PolicySchemaOptions = {}): PolicySchema {
  checkActionRules(contract);
  const entityTypes = new Map([...contract.resources.keys()].map((type) => [type, entityTypeName(type)]));
  const reader = new TypeReader(contract, (type) => entityTypes.has(type) || type === principalType);
  const operations = contract.operations.map((operation) => actionOf(contract, operation, reader, entityTypes));
  const groups = groupsOf(contract);
  const declared = declaredActions(contract, Object.keys(groups)).map((action) => declaredAction(action, entityTypes));
  const isAnonymous = operations.some(([, action]) => action.appliesTo.principalTypes.includes(anonymousType));
  const schemas = schemasByResource(contract);
  const above = options.hierarchies === true ? [...new Set([...entityTypes.values(), principalType])] : [];
  const namespace = {
    entityTypes: {
      ...resourceTypes(reader, entityTypes, schemas, above.length === 0 ? [] : ['Group', ...above]),
      [principalType]: {
        memberOfTypes: ['Group', ...above],
        shape: principalShape(reader, schemas.get(principalType) ?? []),
      },
      Group: options.groups === undefined ? { memberOfTypes: ['Group', ...above] } : { enum: [...options.groups] },
      [apiType]: {},
      ...(isAnonymous ? { [anonymousType]: {} } : {}),
    },
    actions: { ...groups, ...Object.fromEntries([...operations, ...declared]) },
  };
  const json = { '': namespace };
  const answer = engine().schemaToText(json as unknown as Cedar.Schema);
  if (answer.type === 'failure') {
    throw new CastellanError({
      code: 'bad-schema',
      message: `no policy schema can be made: ${answer.errors[0]?.message}`,
      place: { file: contract.file },
      mend: 'report the document',
    });
  }
  return { json, text: answer.text, entityTypes, leftOut: reader.leftOut };
}

function resourceTypes(
  reader: TypeReader,
  names: ReadonlyMap<string, string>,
  schemas: ReadonlyMap<string, readonly At[]>,
  memberOfTypes: readonly string[],
) {
  const within = memberOfTypes.length === 0 ? {} : { memberOfTypes: [...memberOfTypes] };
  const types = [...names].map(([type, name]) => [
    name,
    { ...within, shape: reader.attributesOfAll(schemas.get(type) ?? []) },
  ]);
  return Object.fromEntries(types) as Record<string, { shape: CedarRecordType }>;
}

/** A caller is known by its token, so that nothing of what the API's own `User` has can be taken for granted. */
function principalShape(reader: TypeReader, schemas: readonly At[]): CedarRecordType {
  const string = { type: 'String', required: false } as const;
  const known = Object.entries(reader.attributesOfAll(schemas).attributes);
  const own = known.map(([name, type]) => [name, { ...type, required: false }]);
  return { type: 'Record', attributes: { issuer: string, tenant: string, ...Object.fromEntries(own) } };
}

function groupsOf(contract: Contract): Record<string, object> {
  const tags = new Set(contract.operations.flatMap(({ tags }) => tags));
  const names = ['safe', 'unsafe', ...[...tags].map((tag) => `tag:${tag}`)];
  return Object.fromEntries(names.map((name) => [name, {}]));
}

interface ActionJson {
  readonly memberOf: { id: string }[];
  readonly appliesTo: { principalTypes: string[]; resourceTypes: string[]; context: CedarRecordType };
}

function actionOf(
  contract: Contract,
  operation: Operation,
  reader: TypeReader,
  entityTypes: ReadonlyMap<string, string>,
): [string, ActionJson] {
  const { operationId, security, tags, method } = operation;
  const isAnonymous = security.length === 0 || security.some(({ schemes }) => schemes.length === 0);
  const groups = [safeMethods.has(method) ? 'safe' : 'unsafe', ...new Set(tags.map((tag) => `tag:${tag}`))];
  return [
    operationId,
    {
      memberOf: groups.filter((group) => group !== operationId).map((id) => ({ id })),
      appliesTo: {
        principalTypes: isAnonymous ? [principalType, anonymousType] : [principalType],
        resourceTypes: resourcesOf(contract, operation, entityTypes),
        context: contextOf(operation, reader),
      },
    },
  ];
}

/** An action without an operation: nothing is known of a request but who, when and from where. */
function declaredAction(
  { name, resources = [] }: DeclaredAction,
  entityTypes: ReadonlyMap<string, string>,
): [string, ActionJson] {
  const types = resources.flatMap((type) => entityTypes.get(type) ?? []);
  const appliesTo = {
    principalTypes: [principalType],
    resourceTypes: types.length === 0 ? [apiType] : types,
    context: { type: 'Record' as const, attributes: aboutCaller() },
  };
  return [name, { memberOf: [], appliesTo }];
}

/** The operation's own resource, or those that its answers hold, or the API itself. */
function resourcesOf(contract: Contract, operation: Operation, entityTypes: ReadonlyMap<string, string>): string[] {
  const own = operation.resource === undefined ? undefined : entityTypes.get(operation.resource.type);
  if (own !== undefined) return [own];
  const answers = operation.responses.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => content);
  // The walk by which the guard finds them in answers: what it asks about, policies can speak of.
  const found = answers.flatMap((media) => {
    const schema = media.schema ?? media.itemSchema;
    return schema === undefined ? [] : [...(compileResourceAccess(contract, schema, 'response')?.outermost ?? [])];
  });
  const types = [...new Set(found.flatMap((type) => entityTypes.get(type) ?? []))];
  return types.length === 0 ? [apiType] : types;
}

function contextOf(operation: Operation, reader: TypeReader): CedarRecordType {
  const attributes = aboutCaller();
  for (const place of ['path', 'query', 'header', 'cookie'] as const) {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    const record = parametersOf(place, parameters, reader);
    if (record !== undefined) attributes[place] = record;
  }
  const body = bodyOf(operation, reader);
  if (body !== undefined) attributes['body'] = { ...body, required: false };
  return { type: 'Record', attributes };
}

/** What every question tells. */
function aboutCaller(): Attributes {
  return {
    now: { type: 'Extension', name: 'datetime' },
    address: { type: 'Extension', name: 'ipaddr', required: false },
    scopes: { type: 'Set', element: { type: 'String' } },
    tenant: { type: 'String', required: false },
    actor: { type: 'Entity', name: principalType, required: false },
  };
}

function parametersOf(
  place: string,
  parameters: readonly Parameter[],
  reader: TypeReader,
): CedarRecordType | undefined {
  const attributes: Attributes = {};
  for (const { name, required, schema } of parameters) {
    const type = schema === undefined ? undefined : reader.type(schema);
    if (type === undefined || name === '__proto__') continue;
    attributes[name] = { ...type, required };
    // Names of header fields have no case (RFC 9110 section 5.1): as the document writes it, and in small letters.
    if (place === 'header') attributes[name.toLowerCase()] = { ...type, required };
  }
  return Object.keys(attributes).length === 0 ? undefined : { type: 'Record', attributes };
}

/** The properties of a JSON body that hold no objects: what a policy can weigh before the handler runs. */
function bodyOf(operation: Operation, reader: TypeReader): CedarRecordType | undefined {
  const json = operation.body?.content.find(({ type }: MediaType) => /^application\/(?:[^;]*\+)?json/.test(type));
  if (json?.schema === undefined) return undefined;
  const { attributes } = reader.attributes(json.schema);
  const flat = Object.entries(attributes).filter(([, type]) => type.type !== 'Record');
  return flat.length === 0 ? undefined : { type: 'Record', attributes: Object.fromEntries(flat) };
}
