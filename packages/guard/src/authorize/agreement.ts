import { compileResourceAccess, escapePointer, type Findings, type Issue } from '@castellan/contract';
import { isJsonPatch } from '../json-patch.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import { idKey } from './same-id.ts';

/**
 * A body that names another object than the path: whoever checks the one and uses the other lets strangers in
 * (API1:2023). The property that identifies the resource, or that is called like the path parameter, must agree.
 */
export const agreement: Stage = {
  name: 'authorize',
  compile(core, operation) {
    const { resource, body } = operation;
    const variable = /^path\.(.+)$/.exec(resource?.id ?? '')?.[1];
    if (resource === undefined || body === undefined || variable === undefined) return undefined;
    // Below an object (`/documents/{documentId}/comments`), `id` is that of something else.
    const isItem = operation.path.endsWith(`{${variable}}`);
    const id = core.contract.resources.get(resource.type)?.id ?? 'id';
    const names = (isItem && id !== variable ? [variable, id] : [variable]).filter(
      // What is addressed by its name may be given another one, unless the contract says that the name is its id.
      (name) => resource.declared || !/^(?!user_?name$)(?:.*[a-z_-])?(?:name|title|slug|label)$/i.test(name),
    );
    if (names.length === 0) return undefined;
    const accesses = (isItem ? body.content : []).flatMap(({ schema }) =>
      schema === undefined ? [] : (compileResourceAccess(core.contract, schema, 'request') ?? []),
    );
    return (exchange) => {
      const { value } = exchange;
      if (typeof value !== 'object' || value === null) return undefined;
      const expected = String(exchange.parameters.path[variable]);
      if (Array.isArray(value))
        return isJsonPatch(exchange.fields?.contentType ?? '') ? inPatch(value, names, expected, variable) : undefined;
      // In a wrapper (`{ note: … }`) stands the object itself.
      for (const access of accesses) {
        const findings: Findings = { resources: [], properties: [] };
        access.visit(value, findings);
        for (const { type, holder, key, idName, value: inner } of findings.resources) {
          if (type !== resource.type || holder !== value || !names.includes(idName)) continue;
          const given = Object.hasOwn(inner, idName) ? inner[idName] : undefined;
          if (given === undefined || given === null || isSame(given, expected)) continue;
          return {
            type: 'invalid-request',
            reason: 'id-disagrees',
            errors: [disagrees(`${String(key)}/${idName}`, variable)],
          };
        }
      }
      for (const name of names) {
        if (!Object.hasOwn(value, name)) continue;
        const given = (value as Record<string, unknown>)[name];
        if (given === null || isSame(given, expected)) continue;
        return { type: 'invalid-request', reason: 'id-disagrees', errors: [disagrees(name, variable)] };
      }
      return undefined;
    };
  },
};

/** A JSON Patch that gives the object another id, by a value or by what stands elsewhere. */
function inPatch(
  changes: readonly unknown[],
  names: readonly string[],
  expected: string,
  variable: string,
): Refusal | undefined {
  for (const [index, change] of changes.entries()) {
    if (typeof change !== 'object' || change === null) continue;
    const { op, path, value } = change as Record<string, unknown>;
    if (op === 'test' || op === 'remove') continue;
    for (const name of names) {
      const whole: unknown =
        path === '' && typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined;
      const given = path === `/${escapePointer(name)}` ? (op === 'copy' || op === 'move' ? {} : value) : whole;
      if (given === undefined || given === null || isSame(given, expected)) continue;
      return { type: 'invalid-request', reason: 'id-disagrees', errors: [disagrees(`${index}/value`, variable)] };
    }
  }
  return undefined;
}

/** Whether a value is the id in the path. */
function isSame(given: unknown, expected: string): boolean {
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'bigint') return false;
  return idKey(String(given)) === idKey(expected);
}

function disagrees(name: string, variable: string): Issue {
  return {
    pointer: `/${name}`,
    keyword: 'id-disagrees',
    message: `is not the ${variable} of the path`,
    mend: 'leave it out, or write the id that stands in the path',
  };
}
