import type { Contract } from '@castellan/contract';
import type { Change } from '../change.ts';
import type { Editor } from '../editor.ts';
import type { MergedBody } from '../look.ts';
import { siteOf } from '../operation-site.ts';
import type { OperationRun } from '../run.ts';
import { Counter } from '../seen.ts';
import { holdersAt, layersOf } from '../sites.ts';
import { safe } from '../verdict.ts';

interface Typeless {
  /** Types of the values that the schema was for. */
  readonly types: Set<string>;
  readonly counter: Counter;
  /** The first request that has it. */
  operation: string | undefined;
}

/**
 * Schemas of requests that list properties and forget to say `type: object`: any text, list or number is good by them. Where
 * only objects were seen, the document may say so.
 */
export function objectChanges(editor: Editor, contract: Contract, runs: readonly OperationRun[]): Change[] {
  const found = new Map<string, Typeless>();
  const look = (run: OperationRun, body: MergedBody, root: string | undefined, sent: boolean): void => {
    if (root === undefined) return;
    for (const [at, { types, times }] of body.places)
      for (const holder of holdersAt(editor, root, at)) {
        const layers = layersOf(editor, holder);
        if (layers.some(({ raw }) => 'type' in raw)) continue;
        for (const { pointer, raw, alternative } of layers) {
          if (alternative || !('properties' in raw)) continue;
          const one = found.get(pointer) ?? { types: new Set<string>(), counter: new Counter(), operation: undefined };
          found.set(pointer, one);
          for (const type of types.keys()) one.types.add(type);
          if (!sent) continue;
          one.operation ??= run.name;
          for (const caller of body.callers) one.counter.add(0, caller);
          one.counter.times += times;
        }
      }
  };
  for (const run of runs) {
    const site = run.operation === undefined ? undefined : siteOf(editor, contract, run.operation);
    if (site === undefined) continue;
    for (const [type, body] of run.requests) look(run, body, site.requestSchema(type), true);
    for (const [status, bodies] of run.answers)
      for (const [type, body] of bodies) look(run, body, site.answerSchema(status, type), false);
  }
  return [...found].flatMap(([pointer, { types, counter, operation }]) =>
    operation === undefined || types.size !== 1 || !types.has('object')
      ? []
      : [
          {
            operation,
            cause: 'request' as const,
            what: `what ${pointer} describes is an object, and nothing else may be sent`,
            seen: counter.seen,
            ...safe,
            apply(target: Editor) {
              target.set(`${pointer}/type`, 'object');
              return true;
            },
          },
        ],
  );
}
