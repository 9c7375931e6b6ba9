import type { Contract, SecurityScheme } from '@castellan/contract';
import { isRaw } from '../posture/constraint.ts';
import { canonical } from './canonical.ts';
import type { Change } from './change.ts';

/** Security schemes that became weaker. */
export function* schemeChanges(before: Contract, after: Contract): Generator<Change> {
  const renamed = oldNames(before, after);
  for (const [name, now] of after.securitySchemes) {
    const old = before.securitySchemes.get(renamed.get(name) ?? name);
    if (old === undefined) continue;
    const place = after.place(now.location);
    const was = strengthOf(old);
    const is = strengthOf(now);
    if (is.rank < was.rank)
      yield {
        kind: 'security',
        code: 'scheme-weakened',
        severity: 'high',
        message: `the security scheme ${name} was ${was.text} and is ${is.text}`,
        place,
      };
    else if (is.text !== was.text)
      yield {
        kind: 'breaking',
        code: 'scheme-changed',
        severity: 'medium',
        message: `the security scheme ${name} was ${was.text} and is ${is.text}`,
        place,
      };
    yield* anchorChanges(name, anchorsOf(before, old), anchorsOf(after, now), place);
  }
}

/** Who issues the credentials, or says how they are checked: whoever it is decides who is let in. */
function* anchorChanges(
  name: string,
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  place: Change['place'],
): Generator<Change> {
  for (const [what, is] of now) {
    const was = old.get(what);
    if (was === undefined || same(was, is)) continue;
    yield {
      kind: 'security',
      code: 'trust-anchor-changed',
      severity: originOf(was) === originOf(is) ? 'medium' : 'high',
      message: `the ${what} of the security scheme ${name} was ${was} and is ${is}`,
      place,
    };
  }
}

function anchorsOf(contract: Contract, scheme: SecurityScheme): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const collect = (written: unknown, where: string): void => {
    if (!isRaw(written)) return;
    for (const [member, value] of Object.entries(written))
      if (/url$/i.test(member) && typeof value === 'string') found.set(`${member}${where}`, value);
  };
  const written: unknown = contract.at(scheme.location);
  collect(written, '');
  if (isRaw(written) && isRaw(written['flows']))
    for (const [flow, one] of Object.entries(written['flows'])) collect(one, ` (${flow})`);
  return found;
}

/** Addresses that lead to the same: scheme, host and default port whatever their case, with or without a slash at the end. */
function same(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/$/, '');
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

/**
 * What a security scheme was called, by what it is called now, where only its name changed: names are local to a document.
 */
export function oldNames(before: Contract, after: Contract): ReadonlyMap<string, string> {
  const known = renames.get(after)?.get(before);
  if (known !== undefined) return known;
  const found = new Map<string, string>();
  const gone = [...before.securitySchemes].filter(([name]) => !after.securitySchemes.has(name));
  for (const [name, now] of after.securitySchemes) {
    if (before.securitySchemes.has(name)) continue;
    const text = definitionOf(after, now);
    const at = gone.findIndex(([, old]) => definitionOf(before, old) === text);
    const [old] = at === -1 ? [] : gone.splice(at, 1);
    if (old !== undefined) found.set(name, old[0]);
  }
  renames.set(after, new WeakMap([[before, found]]));
  return found;
}

const renames = new WeakMap<Contract, WeakMap<Contract, ReadonlyMap<string, string>>>();

function definitionOf(contract: Contract, { location }: SecurityScheme): string {
  return canonical(contract, contract.at(location), { raw: {}, location });
}

function strengthOf(scheme: SecurityScheme): {
  readonly rank: number;
  readonly text: string;
} {
  switch (scheme.type) {
    case 'mutualTLS':
      return { rank: 5, text: 'mutualTLS' };
    case 'openIdConnect':
      return { rank: scheme.openIdConnectUrl.startsWith('http:') ? 1 : 4, text: 'openIdConnect' };
    case 'oauth2': {
      const flows = scheme.flows.map(({ flow }) => flow).toSorted();
      const plain = scheme.flows.some(({ tokenUrl, authorizationUrl }) =>
        [tokenUrl, authorizationUrl].some((url) => url?.startsWith('http:') === true),
      );
      const old = flows.some((flow) => flow === 'implicit' || flow === 'password');
      return { rank: plain ? 1 : old ? 3 : 4, text: `oauth2 (${flows.join(', ')}${plain ? ', without TLS' : ''})` };
    }
    case 'http':
      return { rank: scheme.scheme === 'basic' ? 2 : 4, text: `http ${scheme.scheme}` };
    case 'apiKey':
      return { rank: scheme.in === 'query' ? 1 : 3, text: `an API key in the ${scheme.in} ${scheme.key}` };
  }
}
