import type { Contract } from '@castellan/contract';
import { pointerOf, type Editor } from '../editor.ts';
import { inferParameter, type Speech } from '../infer.ts';
import { MergedLook } from '../look.ts';
import { OperationSite } from '../operation-site.ts';
import type { OperationRun } from '../run.ts';
import { addParameter, addRequestType, addStatus } from './parts.ts';

/** Documents an operation with everything that was seen of it. */
export function addOperation(editor: Editor, contract: Contract, run: OperationRun, speech: Speech): boolean {
  const method = run.method.toLowerCase();
  if (!/^(?:get|put|post|delete|options|head|patch|trace)$/.test(method)) return false;
  const item = `/paths${pointerOf([run.path])}`;
  const pointer = `${item}/${method}`;
  if (editor.has(pointer)) return false;
  const inherited = new Set(pathParametersOf(editor, item));
  const variables = [...run.path.matchAll(/\{([^{}]+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !inherited.has(name));
  const security = securityFor(contract, editor, run);
  editor.set(pointer, {
    summary: 'Not documented by hand: inferred from what was observed.',
    ...(variables.length === 0
      ? {}
      : {
          parameters: variables.map((name) =>
            speech === 'swagger'
              ? { name, in: 'path', required: true, ...inferParameter(lookOf(run, name), name) }
              : { name, in: 'path', required: true, schema: inferParameter(lookOf(run, name), name) },
          ),
        }),
    ...(security === undefined ? {} : { security }),
    responses: {},
  });
  const site = new OperationSite(editor, pointer, speech);
  for (const [key, look] of run.parameters)
    if (key.startsWith('query ')) addParameter(editor, site, key.slice('query '.length), look);
  for (const [type, body] of run.requests) if (type !== '') addRequestType(editor, site, type, body);
  for (const [status, bodies] of run.answers)
    if (status >= 200) addStatus(editor, site, status, bodies, `Observed status ${status}.`);
  return true;
}

/** Values in undocumented paths are numbered. */
function lookOf(run: OperationRun, name: string): MergedLook {
  const index = [...run.path.matchAll(/\{([^{}]+)\}/g)].findIndex(([, one]) => one === name);
  return run.parameters.get(`path ${index + 1}`) ?? new MergedLook();
}

function pathParametersOf(editor: Editor, item: string): string[] {
  const all = editor.get(`${item}/parameters`);
  if (!Array.isArray(all)) return [];
  return all.flatMap((one: { readonly in?: unknown; readonly name?: unknown }) =>
    one.in === 'path' && typeof one.name === 'string' ? [one.name] : [],
  );
}

/** What its neighbours ask for: an operation must not be open because the document says nothing of it. */
function securityFor(contract: Contract, editor: Editor, run: OperationRun): unknown {
  if (editor.has('/security')) return undefined;
  const near = contract.operations
    .filter(({ security }) => security.length > 0)
    .map((operation) => ({ operation, common: commonLength(operation.path, run.path) }))
    .sort((a, b) => b.common - a.common)[0];
  return near === undefined ? undefined : structuredClone(editor.get(`${near.operation.location.pointer}/security`));
}

function commonLength(one: string, other: string): number {
  const segments = other.split('/');
  return one.split('/').findIndex((segment, index) => segment !== segments[index]) >>> 0;
}
