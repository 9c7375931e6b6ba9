import type { Operation, SecurityScheme } from '@castellan/contract';
import { cookieValue } from '../authenticate/credential.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Mismatch } from './mismatches.ts';
import { kindOfName } from './names.ts';
import type { ParameterRecord } from './record.ts';
import { Look } from './shape.ts';

const maxParameters = 60;

/** Where the parameters of one request stand. */
export interface Sent {
  readonly operation: Operation | undefined;
  /** Of the template's variables, or the values in an undocumented path. */
  readonly path: readonly string[];
  readonly query: string;
  readonly rawHeaders: readonly string[];
  readonly schemes: Iterable<SecurityScheme>;
}

/** How the parameters of a request look. Header fields and cookies only where they are documented; credentials never. */
export function parametersOf(sent: Sent, mismatches: readonly Mismatch[], hash: KeyedHash): ParameterRecord[] {
  const { operation } = sent;
  const looks = new Map<string, { readonly in: ParameterRecord['in']; readonly name: string; readonly look: Look }>();
  const add = (place: ParameterRecord['in'], name: string, value: string): void => {
    const key = `${place} ${name}`;
    let entry = looks.get(key);
    if (entry === undefined) {
      if (looks.size >= maxParameters) return;
      looks.set(key, (entry = { in: place, name: name.slice(0, 100), look: new Look() }));
    }
    // A value in a path names something, whatever it is called.
    entry.look.scalar(value, place === 'path' ? 'identifier' : kindOfName(name.replace(/\[\]$/, '')), hash);
  };
  const variables = [...(operation?.path ?? '').matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  sent.path.forEach((value, index) => add('path', variables[index] ?? String(index + 1), decode(value)));
  const credentials = new Set(
    [...sent.schemes].flatMap((scheme) => (scheme.type === 'apiKey' && scheme.in === 'query' ? [scheme.key] : [])),
  );
  for (const [name, value] of new URLSearchParams(sent.query)) if (!credentials.has(name)) add('query', name, value);
  for (const parameter of operation?.parameters ?? []) {
    const value =
      parameter.in === 'header'
        ? field(sent.rawHeaders, parameter.name)
        : parameter.in === 'cookie'
          ? cookieValue(field(sent.rawHeaders, 'cookie'), parameter.name)
          : undefined;
    if (value !== undefined && (parameter.in === 'header' || parameter.in === 'cookie'))
      add(parameter.in, parameter.name, value);
  }
  const undocumented = new Set(
    mismatches.filter(({ keyword }) => keyword === 'undocumented-parameter').map(({ pointer }) => pointer),
  );
  return [...looks.values()].map(({ in: place, name, look }) => {
    const pointer = `/${place}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (operation === undefined ? place === 'query' : undocumented.has(pointer)) look.undocumented = true;
    return { in: place, name, ...look.written };
  });
}

function field(rawHeaders: readonly string[], name: string): string | undefined {
  const lower = name.toLowerCase();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === lower) return rawHeaders[i + 1];
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
