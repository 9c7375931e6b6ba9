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

/** The condition that an attribute, through others, is the caller: `resource has owner && resource.owner.id == principal`. */
export function isCaller(from: string, path: readonly string[]): string {
  let at = from;
  const has: string[] = [];
  for (const name of path) {
    has.push(`${at} has ${isName(name) ? name : quoted(name)}`);
    at += isName(name) ? `.${name}` : `[${quoted(name)}]`;
  }
  return `${has.join(' && ')} && ${at} == principal`;
}

/** How a policy asks for a group or a scope. */
export function groupCondition(group: string): { readonly head: string; readonly when: string } {
  return group.startsWith('scope:')
    ? { head: 'principal is User', when: `\nwhen { context.scopes.contains(${quoted(group.slice(6))}) }` }
    : { head: `principal in Group::${quoted(group)}`, when: '' };
}

/** `Order new` is `order-new`. */
export function kebab(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
