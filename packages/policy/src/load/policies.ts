import { CastellanError, nearest, type Place } from '@castellan/contract';
import { engine, type Cedar } from './engine.ts';
import type { PolicyJson, ScopeJson, UidJson } from './est.ts';
import { exactLongs } from './exact-longs.ts';
import { markLongs, pieces, placeOf, placeOfByte, type Piece, type Source } from './source.ts';
import type { SchemaModel } from './schema.ts';
import { asShared, isPerObject, type SharedType } from './sharing.ts';

/** One policy in Cedar's text or JSON form. */
export type PolicyInput = string | PolicyJson;

/** A policy made of a template by filling its slots. */
export interface TemplateLink {
  readonly templateId: string;
  readonly newId: string;
  readonly values: Readonly<Record<string, UidJson | { readonly __entity: UidJson }>>;
}

/** Policies as they are handed in. */
export interface PoliciesInput {
  /** One text with any number of policies and templates; texts of several files; or one policy or template by id. */
  readonly policies: string | readonly Source[] | Readonly<Record<string, PolicyInput>>;
  /** Templates by id, beside those among the policies. */
  readonly templates?: Readonly<Record<string, PolicyInput>> | undefined;
  readonly links?: readonly TemplateLink[] | undefined;
  /** Types whose objects say of whom templates are linked for: see {@link SharedType}. */
  readonly sharing?: readonly SharedType[] | undefined;
}

/** A policy or template that the engine has read. */
export interface LoadedPolicy {
  /** The `@id` of a policy in a text, `policy0`, `policy1`… by position without one, or its key in a record. */
  readonly id: string;
  readonly json: PolicyJson;
  /** Where it was written; links of a template share its place. */
  readonly piece: Piece;
  /** The template that it was made of. */
  readonly template?: string;
  /** The template that it was made of for objects that say of whom they are shared with. */
  readonly shared?: string;
}

export interface LoadedPolicies {
  readonly policies: readonly LoadedPolicy[];
  readonly templates: readonly LoadedPolicy[];
  readonly links: readonly TemplateLink[];
}

/** All that is wrong with a set of policies; the message is that of the first. */
export class PoliciesError extends CastellanError {
  readonly problems: readonly CastellanError[];

  constructor(problems: readonly [CastellanError, ...CastellanError[]]) {
    const [{ code, what, place, mend }] = problems;
    const more = problems.length - 1;
    super({ code, message: what, place, mend: more === 0 ? mend : `${mend} (and ${more} more)` });
    this.name = 'PoliciesError';
    this.problems = problems;
  }
}

/** Where a policy begins. */
export function placeOfPolicy(policy: LoadedPolicy): Place {
  return placeOf(policy.piece.source, policy.piece.start);
}

/**
 * Reads policies with the official engine.
 * @throws PoliciesError `bad-policy`, `duplicate-policy-id`, `unknown-template`, `bad-link`
 */
export function loadPolicies(input: PoliciesInput): LoadedPolicies {
  const read = [...readAll(input.policies), ...readRecord(input.templates ?? {})];
  const shared = input.sharing ?? [];
  const expanded = new Map<LoadedPolicy, readonly LoadedPolicy[]>();
  for (const policy of read)
    if (slotsOf(policy.json).length > 0 && isPerObject(policy.json)) {
      const made = asShared(policy.id, policy.json, shared).map(({ id, json }): LoadedPolicy => ({
        id,
        json,
        shared: policy.id,
        piece: { ...policy.piece, text: textOf(id, json) },
      }));
      if (made.length > 0) expanded.set(policy, made);
    }
  const templates = read.filter((policy) => slotsOf(policy.json).length > 0 && !expanded.has(policy));
  const links = input.links ?? [];
  const policies = [
    ...read.filter(({ json }) => slotsOf(json).length === 0),
    ...links.map((link) => fill(link, templates)),
    ...[...expanded.values()].flat(),
  ];
  const seen = new Set<string>();
  for (const policy of [...policies, ...templates]) {
    if (seen.has(policy.id)) {
      throw problem(
        'duplicate-policy-id',
        `the id '${policy.id}' is taken already`,
        placeOfPolicy(policy),
        'choose another',
      );
    }
    seen.add(policy.id);
  }
  return { policies, templates, links };
}

function readAll(policies: PoliciesInput['policies']): LoadedPolicy[] {
  if (typeof policies === 'string') return readSources([{ file: '<policies>', text: policies }]);
  return isSources(policies) ? readSources(policies) : readRecord(policies);
}

const isSources = (policies: object): policies is readonly Source[] => Array.isArray(policies);

function readSources(sources: readonly Source[]): LoadedPolicy[] {
  const loaded: LoadedPolicy[] = [];
  for (const source of sources) {
    const answer = engine().policySetTextToParts(source.text);
    if (answer.type === 'failure') throw syntaxError(answer.errors, { source, start: 0, text: source.text });
    for (const piece of pieces(source)) {
      const json = readPiece(piece);
      loaded.push({ id: json.annotations?.['id'] ?? `policy${loaded.length}`, json, piece });
    }
  }
  return loaded;
}

function readRecord(record: Readonly<Record<string, PolicyInput>>): LoadedPolicy[] {
  return Object.entries(record).map(([id, policy]) => {
    const text = typeof policy === 'string' ? policy : textOf(id, policy);
    const piece: Piece = { source: { file: id, text }, start: 0, text };
    return { id, json: readPiece(piece), piece };
  });
}

/** Through its text, so that the engine checks what was handed in as JSON. */
function textOf(id: string, policy: PolicyJson): string {
  const isTemplate = slotsOf(policy).length > 0;
  const answer = isTemplate ? engine().templateToText(policy as never) : engine().policyToText(policy as never);
  if (answer.type === 'success') return answer.text;
  throw syntaxError(answer.errors, { source: { file: id, text: '' }, start: 0, text: '' });
}

function readPiece(piece: Piece): PolicyJson {
  const json = jsonOf(piece.text, piece);
  const marked = markLongs(piece.text);
  return marked === undefined ? json : exactLongs(jsonOf(marked.text, piece), marked.mark);
}

function jsonOf(text: string, piece: Piece): PolicyJson {
  const answer = engine().policyToJson(text);
  if (answer.type === 'success') return answer.json as unknown as PolicyJson;
  const template = engine().templateToJson(text);
  if (template.type === 'success') return template.json as unknown as PolicyJson;
  throw syntaxError(answer.errors, piece);
}

function syntaxError(errors: readonly Cedar.DetailedError[], piece: Piece): PoliciesError {
  const [first, ...others] = errors.map((error) => problemOf('bad-policy', error, piece));
  const unknown = problem('bad-policy', 'the policy cannot be read', { file: piece.source.file }, 'correct it');
  return new PoliciesError([first ?? unknown, ...others]);
}

function problemOf(code: string, error: Cedar.DetailedError, piece: Piece): CastellanError {
  const [location] = error.sourceLocations ?? [];
  const place = placeOfByte(piece.source, piece.start, location?.start ?? 0);
  const expected = location !== undefined && 'label' in location ? location.label : undefined;
  const message = error.message
    .replace(/^for policy `(?:[^`]*)`, /, '')
    .replace(/^failed to parse [^:]*from string: /, '');
  return new CastellanError({ code, message, place, mend: error.help ?? expected ?? 'correct the policy' }).what === ''
    ? problem(code, 'the policy cannot be read', place, 'correct it')
    : problem(code, message, place, error.help ?? expected ?? 'correct the policy');
}

function problem(code: string, message: string, place: Place, mend: string): PoliciesError {
  const error = new CastellanError({ code, message, place, mend });
  return new PoliciesError([error]);
}

/** The templates among policies: what is open in them. */
export function templatesIn(policies: PoliciesInput['policies']): readonly LoadedPolicy[] {
  return readAll(policies).filter(({ json }) => slotsOf(json).length > 0);
}

/** The slots that a policy leaves open. */
function slotsOf(json: PolicyJson): string[] {
  return [slotOf(json.principal), slotOf(json.resource)].filter((slot) => slot !== undefined);
}

function slotOf(scope: ScopeJson): string | undefined {
  if (scope.op === 'All') return undefined;
  return scope.op === 'is' ? scope.in?.slot : scope.slot;
}

function fill(link: TemplateLink, templates: readonly LoadedPolicy[]): LoadedPolicy {
  const template = templates.find(({ id }) => id === link.templateId);
  const file = { file: `<link ${link.newId}>` };
  if (template === undefined) {
    const near = nearest(
      link.templateId,
      templates.map(({ id }) => id),
    );
    throw problem(
      'unknown-template',
      `there is no template '${link.templateId}'`,
      file,
      near === undefined ? 'add it' : `did you mean '${near}'?`,
    );
  }
  const open = slotsOf(template.json);
  const given = Object.keys(link.values);
  const wrong = open.find((slot) => !given.includes(slot)) ?? given.find((slot) => !open.includes(slot));
  if (wrong !== undefined) {
    throw problem(
      'bad-link',
      `the slot ${wrong} is ${open.includes(wrong) ? 'not filled' : 'not in the template'}`,
      file,
      `fill ${open.join(' and ')}`,
    );
  }
  const json: PolicyJson = {
    ...template.json,
    principal: fillScope(template.json.principal, link),
    resource: fillScope(template.json.resource, link),
  };
  return { id: link.newId, json, piece: template.piece, template: template.id };
}

function fillScope(scope: ScopeJson, link: TemplateLink): ScopeJson {
  const slot = slotOf(scope);
  const value = slot === undefined ? undefined : link.values[slot];
  if (value === undefined) return scope;
  const entity = '__entity' in value ? value.__entity : value;
  if (scope.op === 'is') return { op: 'is', entity_type: scope.entity_type, in: { entity } };
  return { op: scope.op === '==' ? '==' : 'in', entity };
}

/** Everything that the engine says of the policies against a schema. */
export interface Validation {
  readonly errors: readonly CastellanError[];
  readonly warnings: readonly { readonly policyId: string; readonly problem: CastellanError }[];
}

/** Type-checks policies with the official engine. */
export function validate(loaded: LoadedPolicies, schema: SchemaModel): Validation {
  const own = loaded.policies.filter(({ template }) => template === undefined);
  const texts = (list: readonly LoadedPolicy[]) => Object.fromEntries(list.map(({ id, piece }) => [id, piece.text]));
  const answer = engine().validate({
    schema: schema.input,
    policies: {
      staticPolicies: texts(own),
      templates: texts(loaded.templates),
      templateLinks: loaded.links.map((link) => ({ ...link, values: { ...link.values } })),
    },
  });
  if (answer.type === 'failure') {
    const piece = { source: { file: '<policies>', text: '' }, start: 0, text: '' };
    return { errors: answer.errors.map((error) => problemOf('bad-policy', error, piece)), warnings: [] };
  }
  const byId = new Map([...loaded.templates, ...loaded.policies].map((policy) => [policy.id, policy.piece]));
  const located = (code: string, { policyId, error }: Cedar.ValidationError) =>
    problemOf(code, error, byId.get(policyId) ?? { source: { file: policyId, text: '' }, start: 0, text: '' });
  return {
    errors: answer.validationErrors.map((error) => located('policy-type', error)),
    warnings: answer.validationWarnings.map((warning) => ({
      policyId: warning.policyId,
      problem: located('policy-warning', warning),
    })),
  };
}
