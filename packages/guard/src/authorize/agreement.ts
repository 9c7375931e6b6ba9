import type { Issue } from '@castellan/contract';
import type { Stage } from '../stage.ts';

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
    const names = isItem && id !== variable ? [variable, id] : [variable];
    return (exchange) => {
      const { value } = exchange;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const expected = String(exchange.parameters.path[variable]);
      for (const name of names) {
        if (!Object.hasOwn(value, name)) continue;
        const given = (value as Record<string, unknown>)[name];
        if ((typeof given === 'string' || typeof given === 'number') && String(given) === expected) continue;
        return { type: 'invalid-request', reason: 'id-disagrees', errors: [disagrees(name, variable)] };
      }
      return undefined;
    };
  },
};

function disagrees(name: string, variable: string): Issue {
  return {
    pointer: `/${name}`,
    keyword: 'id-disagrees',
    message: `is not the ${variable} of the path`,
    mend: 'leave it out, or write the id that stands in the path',
  };
}
