import { claimPath } from './bond.ts';
import type { Proposal } from './model.ts';

/** The policies of proposals as one file. */
export function cedarOf(proposals: readonly Proposal[]): string {
  const texts = proposals.flatMap(({ cedar }) => cedar ?? []);
  return `// Written by castellan policy propose. Review it; what is not permitted here is refused.\n\n${texts.join('\n')}`;
}

/** One policy, with its reason above it. */
export function policy(id: string, text: string, reason: string): string {
  return `// ${reason.replaceAll(/\s+/g, ' ')}\n@id(${quoted(id)})\n${text}\n`;
}

/** A text of a Cedar policy. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => `\\u{${code}}`);
}

function isName(name: string): boolean {
  return (
    /^[A-Za-z_]\w*$/.test(name) &&
    !/^(?:true|false|if|then|else|in|is|like|has|when|unless|permit|forbid|principal|action|resource|context)$/.test(
      name,
    )
  );
}

/** How an attribute is reached through others: that each is there, and the last one. */
export function member(
  from: string,
  path: readonly string[],
): { readonly has: readonly string[]; readonly at: string } {
  let at = from;
  const has: string[] = [];
  for (const name of path) {
    has.push(`${at} has ${isName(name) ? name : quoted(name)}`);
    at += isName(name) ? `.${name}` : `[${quoted(name)}]`;
  }
  return { has, at };
}

/** How a policy asks for a group, a scope, or a claim (`claim:text:/role=admin`). */
export function groupCondition(group: string): { readonly head: string; readonly when: string } {
  const when = groupTest(group);
  return when === undefined
    ? { head: `principal in Group::${quoted(group)}`, when: '' }
    : { head: 'principal is User', when: `\nwhen { ${when} }` };
}

/** The condition of a scope or a claim; undefined for a group, which stands in the head. */
function groupTest(group: string): string | undefined {
  if (group.startsWith('scope:')) return `context.scopes.contains(${quoted(group.slice(6))})`;
  const claim = claimGroup(group);
  if (claim === undefined) return undefined;
  const { has, at } = member('principal', claim.path);
  const { type, value } = claim;
  const test =
    type === 'texts'
      ? `${at}.contains(${quoted(value)})`
      : type === 'boolean'
        ? at
        : `${at} == ${type === 'number' ? value : quoted(value)}`;
  return [...has, test].join(' && ');
}

/** The condition that somebody is in a group, wherever it stands. */
export function isIn(group: string): string {
  return groupTest(group) ?? `principal in Group::${quoted(group)}`;
}

/** What a claim says that somebody may do: `claim:texts:/roles=admin`. */
export function claimGroup(
  group: string,
):
  | { readonly type: string; readonly pointer: string; readonly path: readonly string[]; readonly value: string }
  | undefined {
  const [, type, pointer, value] = /^claim:(text|texts|number|boolean):(\/[^=]*)=(.*)$/s.exec(group) ?? [];
  if (type === undefined || pointer === undefined || value === undefined) return undefined;
  return { type, pointer, path: claimPath(pointer), value };
}

/** A group as people read it: `role admin`, `isAdmin`. */
export function groupName(group: string): string {
  const claim = claimGroup(group);
  if (claim === undefined) return group;
  return claim.type === 'boolean' ? claim.path.join('.') : `${claim.path.join('.')} ${claim.value}`;
}

/** `Order new` is `order-new`. */
export function kebab(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
