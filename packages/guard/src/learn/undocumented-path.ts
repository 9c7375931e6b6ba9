import { everyServer, type Contract } from '@castellan/contract';
import { formOf } from './forms.ts';

/** A path that no operation has, as a template. */
export interface PathTemplate {
  /** `/reports/{digits}`; within the base path of the API. */
  readonly path: string;
  /** The segments that are values, decoded. */
  readonly values: readonly string[];
}

const known = new WeakMap<Contract, { readonly bases: readonly string[]; readonly literals: ReadonlySet<string> }>();

function knownOf(contract: Contract): { readonly bases: readonly string[]; readonly literals: ReadonlySet<string> } {
  let found = known.get(contract);
  if (found === undefined) {
    const bases = [...new Set(everyServer(contract).flatMap(({ basePaths }) => basePaths))];
    const segments = contract.operations.flatMap(({ path }) => path.split('/'));
    found = {
      bases: bases.sort((a, b) => b.length - a.length),
      literals: new Set(segments.filter((segment) => !segment.includes('{'))),
    };
    known.set(contract, found);
  }
  return found;
}

/** A name that somebody designed: `reports`, `sign-in`, `v2`, `openapi.json`. */
const designed = /^(?:v\d{1,2}|\.?[A-Za-z][A-Za-z_-]{0,31}(?:\.(?:json|ya?ml|html?|txt|xml|js|css|csv|png|ico))?)$/;
const plural = /(?:[^su]s|ies|people|children|data)$/i;

/**
 * The template that an undocumented path has: segments that the document knows, and those that look like names of the API,
 * stay; numbers, UUIDs and what stands after a plural (`/users/ada`) are values, and only their form is told.
 * @param basePath where the API is said to be; otherwise that of its servers
 */
export function templateOf(contract: Contract, path: string, basePath: string | undefined): PathTemplate {
  const { bases, literals } = knownOf(contract);
  const base = (basePath === undefined ? bases : [basePath]).find(
    (one) => one !== '' && (path === one || path.startsWith(`${one}/`)),
  );
  const within = base === undefined ? path : path.slice(base.length);
  const values: string[] = [];
  let before = '';
  const segments = within
    .split('/')
    .slice(0, 40)
    .map((segment) => {
      const isName = literals.has(segment) || segment === '' || (designed.test(segment) && !plural.test(before));
      before = segment;
      if (isName) return segment;
      const value = decode(segment);
      values.push(value);
      return `{${formOf(value)}}`;
    });
  return { path: segments.join('/'), values };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
