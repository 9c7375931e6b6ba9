import { loadContract } from '@castellan/contract';
import type { ExchangeRecord, ParameterRecord } from '@castellan/guard/learn';
import { PathTree } from '../paths/index.ts';
import { addOperation } from './edits/operations.ts';
import { Editor } from './editor.ts';
import { OperationRun } from './run.ts';

/** What a draft is made of. */
export interface DraftInput {
  readonly title: string;
  /** Addresses of the API; none where they are not known. */
  readonly servers: readonly string[];
  /** Exchanges with their shapes; `path` as it was sent, or a template. Those that were refused say nothing. */
  readonly exchanges: readonly ExchangeRecord[];
  /** Operations of which only that they were answered is known, by template. */
  readonly counted: readonly { readonly method: string; readonly template: string }[];
}

/** A document that was proposed. */
export interface Draft {
  readonly document: Readonly<Record<string, unknown>>;
  readonly operations: number;
}

/**
 * Proposes an OpenAPI 3.1 document for an API that has none. Templates are those that traffic is folded into, schemas are made of
 * shapes as `castellan learn` makes them: never of values.
 */
export async function draftDocument({ title, servers, exchanges, counted }: DraftInput): Promise<Draft> {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: {
      title,
      version: '0.1.0',
      description:
        'A draft, made of what was observed. What nobody called is not in it; read it before it is published.',
    },
    ...(servers.length === 0 ? {} : { servers: servers.map((url) => ({ url })) }),
    paths: {},
  });
  const editor = new Editor(contract.document);
  const runs = runsOf(exchanges);
  for (const run of runs.values()) addOperation(editor, contract, run, '2020-12');
  for (const { method, template } of counted) {
    const path = namesOnce(template);
    const name = `${method} ${path}`;
    const run = new OperationRun(method, path, undefined);
    if (!runs.has(name) && addOperation(editor, contract, run, '2020-12')) {
      runs.set(name, run);
      editor.set(`/paths/${escaped(path)}/${method.toLowerCase()}/responses`, { '2XX': { description: 'Observed.' } });
    }
  }
  const paths = editor.document['paths'] as Readonly<Record<string, object>>;
  const operations = Object.values(paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
  return { document: { ...editor.document, paths: sorted(paths) }, operations };
}

function runsOf(exchanges: readonly ExchangeRecord[]): Map<string, OperationRun> {
  const tree = new PathTree<ExchangeRecord[]>((into, from) => [...into, ...from]);
  for (const exchange of exchanges)
    if (exchange.status > 0 && exchange.status < 400)
      tree.touch(exchange.method, exchange.path, () => []).push(exchange);
  const runs = new Map<string, OperationRun>();
  for (const { method, template, data } of tree.templates()) {
    const path = namesOnce(template);
    const run = new OperationRun(method, path, undefined);
    for (const exchange of data)
      run.add({ ...exchange, parameters: [...exchange.parameters, ...valuesIn(exchange.path, path)] });
    runs.set(run.name, run);
  }
  return runs;
}

/** How the values in a path look, in their order. */
function valuesIn(path: string, template: string): ParameterRecord[] {
  const sent = path.split('/');
  return template
    .split('/')
    .flatMap((segment, index) => (segment.includes('{') ? [sent[index] ?? ''] : []))
    .map((value, index) => ({
      in: 'path',
      name: String(index + 1),
      types: { string: 1 },
      forms: { [/^\d{1,15}$/.test(value) ? 'digits' : 'text']: 1 },
    }));
}

/** A name that stands twice in a template gets a number: `/{id}/parts/{id}`. */
function namesOnce(template: string): string {
  const taken = new Set<string>();
  return template.replaceAll(/\{([^{}]*)\}/g, (_, written: string) => {
    const plain = written.replaceAll(/[^\w-]/g, '') || 'id';
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = plain + n;
    taken.add(name);
    return `{${name}}`;
  });
}

const escaped = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1');

function sorted<T>(members: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}
