import type { Contract, Operation } from '@castellan/contract';

const literals = new WeakMap<Contract, ReadonlySet<string>>();

/** The segments that the contract itself writes. */
function literalsOf(contract: Contract): ReadonlySet<string> {
  let known = literals.get(contract);
  if (known === undefined) {
    const paths = [...contract.operations.map(({ path }) => path), ...contract.servers.map(({ basePath }) => basePath)];
    known = new Set(paths.flatMap((path) => path.split('/')).filter((segment) => !segment.includes('{')));
    literals.set(contract, known);
  }
  return known;
}

/**
 * Compiles the path that events show: names that the contract has, and never values. A documented path is its template;
 * of any other, each segment that no documented path has is `*`.
 */
export function compilePath(contract: Contract, operation: Operation | undefined): (path: string) => string {
  if (operation?.path.includes('{') === false) return (path) => path;
  if (operation !== undefined) {
    const segments = operation.path.split('/').length - 1;
    let lastBase = '';
    let last = operation.path;
    // What stands before the documented path is the server's base path: most often the same.
    return (path) => {
      let end = path.length;
      for (let one = 0; one < segments && end > 0; one++) end = path.lastIndexOf('/', end - 1);
      const base = end > 0 ? path.slice(0, end) : '';
      if (base !== lastBase) {
        lastBase = base;
        last = base + operation.path;
      }
      return last;
    };
  }
  const known = literalsOf(contract);
  return (path) =>
    path
      .slice(0, 512)
      .split('/')
      .map((segment) => (known.has(segment) ? segment : '*'))
      .join('/');
}
