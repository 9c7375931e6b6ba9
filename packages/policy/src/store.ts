import { CastellanError } from '@castellan/contract';
import type { PolicyJson } from './load/est.ts';
import type { PoliciesInput, TemplateLink } from './load/policies.ts';
import type { PolicySet } from './policy-set.ts';

/** A policy store in Cedar's JSON policy-set format. */
export interface PolicyStore {
  readonly staticPolicies: Readonly<Record<string, PolicyJson>>;
  readonly templates: Readonly<Record<string, PolicyJson>>;
  readonly templateLinks: readonly TemplateLink[];
}

/** The policies of a set in Cedar's JSON policy-set format, for other tools and engines. */
export function exportPolicies(set: PolicySet): PolicyStore {
  const { policies, templates, links } = set.loaded;
  const inexact = [...policies, ...templates].find(({ json }) => hasBigint(json));
  if (inexact !== undefined) {
    throw new CastellanError({
      code: 'inexact-integer',
      message: `policy '${inexact.id}' has an integer beyond 2^53, which JSON numbers do not hold exactly`,
      place: { file: inexact.piece.source.file },
      mend: 'export it as text',
    });
  }
  const record = (list: typeof policies) => Object.fromEntries(list.map(({ id, json }) => [id, json]));
  return {
    staticPolicies: record(policies.filter(({ template }) => template === undefined)),
    templates: record(templates),
    templateLinks: links,
  };
}

/**
 * A policy store in Cedar's JSON policy-set format as input of `compilePolicies`.
 * @throws CastellanError `bad-policy-store`
 */
export function importPolicies(store: unknown): PoliciesInput {
  const part = (name: string) => (isObject(store) ? store[name] : undefined) ?? {};
  const { templateLinks = [] } = isObject(store) ? store : {};
  const staticPolicies = part('staticPolicies');
  const templates = part('templates');
  if (!isObject(store) || !isObject(staticPolicies) || !isObject(templates) || !Array.isArray(templateLinks)) {
    throw new CastellanError({
      code: 'bad-policy-store',
      message: 'this is no policy store',
      mend: 'give an object with staticPolicies, templates and templateLinks',
    });
  }
  return {
    policies: staticPolicies as PoliciesInput['policies'],
    templates: templates as NonNullable<PoliciesInput['templates']>,
    links: templateLinks as readonly TemplateLink[],
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasBigint(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBigint);
}
