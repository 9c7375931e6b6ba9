import type { Contract, Location } from '@castellan/contract';
import { escapeSteering } from '../printable.ts';
import type { Mend, OverlayAction } from '../findings/finding.ts';

/** What stands at a location of the root document; undefined where nothing does, and in other documents. */
export function valueAt(contract: Contract, location: Location): unknown {
  if (location.document !== contract.documents[0]) return undefined;
  let value: unknown = contract.document;
  for (const token of location.pointer.split('/').slice(1))
    value = (Object(value) as Readonly<Record<string, unknown>>)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}

/** The RFC 9535 JSONPath of a node of the root document; undefined for other documents, which overlays cannot reach. */
export function pathOf(contract: Contract, location: Location): string | undefined {
  if (location.document !== contract.documents[0]) return undefined;
  const tokens = location.pointer === '' ? [] : location.pointer.slice(1).split('/');
  let value: unknown = contract.document;
  let path = '$';
  for (const escaped of tokens) {
    const token = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) path += `[${token}]`;
    else if (/^[A-Za-z_]\w*$/.test(token)) path += `.${token}`;
    else path += `['${escapeSteering(token.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`))}']`;
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[token] : undefined;
    if (value === undefined) return undefined;
  }
  return path;
}

/** A mend that merges values into nodes; without a patch where an overlay cannot reach all of them. */
export function updating(
  contract: Contract,
  text: string,
  updates: readonly { readonly at: Location; readonly update: unknown }[],
  safe: boolean,
): Mend {
  const actions: OverlayAction[] = [];
  for (const { at, update } of updates) {
    const target = pathOf(contract, at);
    if (target === undefined) return { text };
    actions.push({ target, description: text, update });
  }
  return { text, actions, safe };
}

/** A mend that removes a node. */
export function removing(contract: Contract, text: string, at: Location, safe: boolean): Mend {
  const target = pathOf(contract, at);
  return target === undefined ? { text } : { text, actions: [{ target, description: text, remove: true }], safe };
}

/** A node below another. */
export function under(location: Location, ...tokens: readonly (string | number)[]): Location {
  const path = tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { document: location.document, pointer: `${location.pointer}${path}` };
}

/** The root of a contract's document. */
export function rootOf(contract: Contract): Location {
  return { document: contract.documents[0] ?? '', pointer: '' };
}
