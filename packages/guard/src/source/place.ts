import { isAbsolute, relative, resolve, sep } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { badOption } from '../configuration/reader.ts';
import type { ReadOptions } from '../read-options.ts';
import type { Snapshot } from './source.ts';

/** A folder that options are placed in. */
type Placed = Pick<Snapshot, 'root' | 'contract' | 'overlays'> & Partial<Snapshot>;

/**
 * Options whose paths lie in a source. What is written while the guard runs, and secrets, are elsewhere and stay as they are.
 * @throws OptionError `bad-option` where a path leads out of it, or there is no contract
 */
export function placedIn(options: ReadOptions, snapshot: Placed): ReadOptions {
  const at = (path: string, where: string): string => {
    if (isAbsolute(path) || /^[a-z][a-z\d+.-]+:/i.test(path)) return path;
    const found = resolve(snapshot.root, path);
    const way = relative(snapshot.root, found);
    if (way === '..' || way.startsWith(`..${sep}`))
      throw badOption(`options.${where}`, 'leads out of the source', 'write a path within it, or an absolute one');
    return found;
  };
  const one = <T>(value: T, where: string): T => (typeof value === 'string' ? (at(value, where) as T & string) : value);
  const each = <T>(list: readonly T[] | undefined, where: string): readonly T[] | undefined =>
    list?.map((value, index) => one(value, `${where}[${index}]`));
  const { contract = snapshot.contract, policies } = options;
  if (contract === undefined)
    throw badOption('options.contract', 'is missing', 'name the OpenAPI document in the source: openapi.yaml');
  const overlays = [...(snapshot.overlays ?? []), ...(each(options.overlays, 'overlays') ?? [])];
  return {
    ...options,
    contract: one(contract, 'contract'),
    overlays: overlays.length === 0 ? undefined : overlays,
    policies: typeof policies === 'string' ? at(policies, 'policies') : each(policies, 'policies'),
    links: one(options.links, 'links'),
    entities: one(options.entities, 'entities'),
    authentication: authenticationAt(options.authentication, at),
    snapshot: snapshot.digest === undefined ? undefined : (snapshot as Snapshot),
  };
}

/** Key files that are read: key sets, and stores of keys and users. */
function authenticationAt(
  authentication: ReadOptions['authentication'],
  at: (path: string, where: string) => string,
): ReadOptions['authentication'] {
  if (authentication === undefined) return undefined;
  const placed = (entry: unknown, where: string): unknown => {
    if (Array.isArray(entry)) return entry.map((inner, index) => placed(inner, `${where}[${index}]`));
    if (typeof entry !== 'object' || entry === null) return entry;
    return Object.fromEntries(
      Object.entries(entry).map(([name, value]: [string, unknown]) => [
        name,
        (name === 'jwks' || name === 'store') && typeof value === 'string' && !value.includes('${')
          ? at(value, `authentication.${where}.${name}`)
          : value,
      ]),
    );
  };
  return Object.fromEntries(
    Object.entries(authentication).map(([scheme, entry]) => [scheme, placed(entry, scheme)]),
  ) as ReadOptions['authentication'];
}

/** An error in a file of a snapshot, told as people know the file: `main@1a2b3c4d5e6f:openapi.yaml:3:1`. */
export function asKnown(error: unknown, { root, label }: Snapshot): unknown {
  if (!(error instanceof CastellanError)) return error;
  const { code, place, mend } = error;
  const named = (text: string): string =>
    [root, relative(process.cwd(), root)].reduce(
      (said, path) => said.replaceAll(`${path}${sep}`, `${label}:`).replaceAll(path, label),
      text,
    );
  return new CastellanError({
    code,
    message: named(error.what),
    place: place === undefined ? undefined : { ...place, file: named(place.file) },
    mend: named(mend),
    cause: error,
  });
}
