// Random policy sets, and random requests for them.
import type { AuthorizationRequest, EntityJson, TemplateLink } from '@castellan/policy';
import { expression } from './expressions.ts';
import type { Random } from './random.ts';
import { actions, attributesJson, names, types, uidJson, uids, valueJson } from './values.ts';

export interface Policies {
  readonly policies: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
  readonly links: readonly TemplateLink[];
}

/** One to six policies and now and then a linked template. */
export function policies(random: Random): Policies {
  const found: Record<string, string> = {};
  const count = 1 + random.below(6);
  for (let i = 0; i < count; i++) found[random.chance(0.02) ? '__proto__x' : `p${i}`] = policy(random, false);
  if (!random.chance(0.3)) return { policies: found, templates: {}, links: [] };
  const template = policy(random, true);
  const link = (newId: string): TemplateLink => {
    const values: Record<string, { type: string; id: string }> = {};
    for (const slot of ['?principal', '?resource'])
      if (template.includes(slot)) values[slot] = uidJson(random.pick(uids));
    return { templateId: 't', newId, values };
  };
  return { policies: found, templates: { t: template }, links: [link('l0'), link('l1')] };
}

function policy(random: Random, template: boolean): string {
  const slot = template ? random.pick(['?principal', '?resource', 'both']) : '';
  const head = [
    scope(random, 'principal', slot === '?principal' || slot === 'both'),
    actionScope(random),
    scope(random, 'resource', slot === '?resource' || slot === 'both'),
  ];
  const conditions = random.list(2, () => {
    const depth = random.pick([0, 1, 2, 2, 3, 3, 4]);
    return `${random.pick(['when', 'when', 'unless'])} { ${expression(random, 'bool', depth)} }`;
  });
  return `${random.pick(['permit', 'permit', 'forbid'])} (${head.join(', ')}) ${conditions.join(' ')};`;
}

function scope(random: Random, variable: 'principal' | 'resource', slot: boolean): string {
  const uid = slot ? `?${variable}` : random.pick(uids);
  const type = random.pick(variable === 'principal' ? ['U', 'U', 'G'] : ['N::R', 'N::R', 'U']);
  if (slot) return random.pick([`${variable} == ${uid}`, `${variable} in ${uid}`, `${variable} is ${type} in ${uid}`]);
  if (random.chance(0.5)) return variable;
  return random.pick([
    `${variable} == ${uid}`,
    `${variable} in ${uid}`,
    `${variable} in ${uid}`,
    `${variable} is ${type}`,
    `${variable} is ${type} in ${uid}`,
  ]);
}

function actionScope(random: Random): string {
  return random.pick([
    'action',
    'action',
    `action == ${random.pick(actions)}`,
    `action in ${random.pick(actions)}`,
    `action in [${random.list(3, () => random.pick(actions)).join(', ')}]`,
  ]);
}

/** A request with entities: a hierarchy without cycles of which some are missing. */
export function request(random: Random): AuthorizationRequest & { readonly entities: readonly EntityJson[] } {
  return {
    principal: uidJson(random.pick(random.chance(0.8) ? ['U::"a"', 'U::"b"'] : uids)),
    action: uidJson(random.pick(actions)),
    resource: uidJson(random.pick(random.chance(0.8) ? ['N::R::"a"', 'N::R::"__proto__"'] : uids)),
    context: attributesJson(random, 1, 9),
    entities: [...entities(random), ...actionEntities(random)],
  };
}

function entities(random: Random): EntityJson[] {
  const order = [...uids].sort(() => random.next() - 0.5);
  const found: EntityJson[] = [];
  for (const [index, uid] of order.entries()) {
    if (random.chance(0.45)) continue;
    const above = order.slice(index + 1);
    const parents = above.filter(() => random.chance(0.2)).map(uidJson);
    const tags = random.chance(0.4) ? { tags: tagsJson(random) } : {};
    found.push({ uid: uidJson(uid), attrs: attributesJson(random, 1, 5), parents, ...tags });
  }
  return found;
}

function tagsJson(random: Random): Record<string, unknown> {
  return Object.fromEntries(random.list(6, () => [random.pick(names), valueJson(random, random.pick(types), 1)]));
}

function actionEntities(random: Random): EntityJson[] {
  if (random.chance(0.6)) return [];
  const [view, edit, all] = actions;
  const some = (...groups: string[]) => groups.filter(() => random.chance(0.6)).map(uidJson);
  return [
    { uid: uidJson(view), attrs: {}, parents: some(all, edit) },
    { uid: uidJson(edit), attrs: {}, parents: some(all) },
  ];
}
