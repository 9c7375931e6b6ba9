import { loadContract, type Contract, type Operation } from '@castellan/contract';
import type { ExchangeRecord, Recorded } from '@castellan/guard/learn';
import { causeOf, type Change } from './change.ts';
import { changesOf } from './changes.ts';
import { objectChanges } from './edits/objects.ts';
import { Editor, type Action } from './editor.ts';
import { outsideOf, type OutsideProposal } from './outside.ts';
import { Replay } from './replay.ts';
import { callerName, runsOf, type OperationRun } from './run.ts';
import { Counter, seenText, type Seen } from './seen.ts';

/** Which changes are made: none but those that are safe, or those that are questions as well. */
export type Accept = 'safe' | 'all';

/** What became of a change. */
export interface Decided extends Omit<Change, 'apply'> {
  /** `made`: it stands in the overlay; `open`: somebody has to decide; `refused`: an attack; `by-hand`: no overlay can say it. */
  readonly outcome: 'made' | 'open' | 'refused' | 'by-hand';
}

/** Why exchanges of an operation would be refused or changed. */
export interface Cause extends Seen {
  /** `answer /name type`, `authenticate unauthenticated`. */
  readonly cause: string;
  /** Whether answers only lose a part. */
  readonly changes: boolean;
}

/** One operation, as it was seen and as `enforce` would treat it with the overlay. */
export interface LearntOperation {
  /** `GET /orders/{id}` */
  readonly operation: string;
  readonly documented: boolean;
  readonly seen: Seen;
  /** Exchanges that the server answered with a status below 400. */
  readonly accepted: Seen;
  /** Of the accepted ones: how many `enforce` would let pass, change, and refuse. */
  readonly passes: number;
  readonly changed: number;
  readonly refused: number;
  readonly causes: readonly Cause[];
}

/** What was learnt of a run. */
export interface Learnt {
  readonly title: string;
  readonly exchanges: number;
  readonly callers: number;
  /** Exchanges that were not recorded, and those of another version of the document. */
  readonly lost: number;
  readonly foreign: number;
  readonly changes: readonly Decided[];
  readonly operations: readonly LearntOperation[];
  /** Documented operations that nobody called: nothing is known of them. */
  readonly uncalled: readonly string[];
  /** What answers beside the API, for the option `outside`. */
  readonly outside: readonly OutsideProposal[];
  /** An OpenAPI Overlay. */
  readonly overlay: { readonly overlay: '1.0.0'; readonly info: object; readonly actions: readonly Action[] };
}

/**
 * Compares what was recorded of an API with its document, and writes an overlay that makes the document say what the API does.
 * @param contract the document that the guard had while it recorded
 */
export async function learn(contract: Contract, recorded: Recorded, accept: Accept): Promise<Learnt> {
  const all = runsOf(contract, recorded.exchanges);
  const outside = outsideOf(all);
  const runs = all.filter((run) => !outside.runs.has(run));
  if (recorded.exchanges.some(({ contract: of }) => !contract.digest.startsWith(of, digestPrefix)))
    forgetMended(contract, runs);
  const editor = new Editor(contract.document);
  const changes: Decided[] = [];
  const info = { title: `What ${contract.title} was seen to do`, version: contract.version };
  let after = contract;
  let proposed: readonly Change[] = [...changesOf(contract, runs), ...objectChanges(editor, contract, runs)];
  for (let round = 0; round < rounds && proposed.length > 0; round++) {
    for (const { apply, ...change } of proposed) {
      const wanted = change.verdict === 'safe' || (change.verdict === 'question' && accept === 'all');
      editor.describe(`${change.operation}: ${change.what}; ${seenText(change.seen)}`);
      const outcome = !wanted ? (change.verdict === 'attack' ? 'refused' : 'open') : apply(editor) ? 'made' : 'by-hand';
      changes.push({ ...change, outcome });
    }
    if (editor.actions.length === 0) break;
    after = await loadContract(contract.document, { overlays: [{ overlay: '1.0.0', info, actions: editor.actions }] });
    proposed = uncovered(contract, after, runs);
  }
  const overlay = { overlay: '1.0.0', info, actions: editor.actions } as const;
  const operations = replayed(contract, after, runs);
  const known = new Set(contract.operations.map(({ operationId }) => operationId));
  const foreign = recorded.exchanges.filter(({ operation }) => operation !== undefined && !known.has(operation));
  return {
    title: contract.title,
    exchanges: recorded.exchanges.reduce((sum, { times }) => sum + times, 0),
    callers: new Set(recorded.exchanges.map(({ caller }) => callerName(caller))).size,
    lost: recorded.lost,
    foreign: foreign.reduce((sum, { times }) => sum + times, 0),
    changes: changes.map((change) => covered(change, operations)),
    operations,
    uncalled: contract.operations
      .map(({ method, path }) => `${method} ${path}`)
      // One that was documented after it was called is known by its name.
      .filter((name) => !runs.some((run) => run.name === name)),
    outside: outside.proposals,
    overlay,
  };
}

/** `sha256:`, which records leave out. */
const digestPrefix = 7;

/** Leaves out what was recorded with another version of the document and is documented in this one. */
function forgetMended(contract: Contract, runs: readonly OperationRun[]): void {
  const replay = new Replay(contract);
  for (const run of runs) {
    const { operation } = run;
    if (operation === undefined) continue;
    const remaining = run.records.flatMap((record) => replay.remaining(record, operation));
    for (const [key, { in: where, at, keyword }] of run.mismatches)
      if (!remaining.some((one) => one.in === where && one.at === at && one.keyword === keyword))
        run.mismatches.delete(key);
  }
}

/** What was hidden behind what was changed shows after it; in so many rounds. */
const rounds = 5;

/** Changes for mismatches that only show with the changes that were made. */
function uncovered(contract: Contract, after: Contract, runs: readonly OperationRun[]): Change[] {
  const replay = new Replay(after);
  const byName = namesOf(after);
  const fresh = runs
    .filter(({ operation }) => operation !== undefined)
    .map((run) => {
      const known = new Set(run.mismatches.keys());
      for (const record of run.records)
        for (const mismatch of replay.masked(record, byName.get(run.name))) run.note(record, mismatch);
      return { run, known };
    });
  return fresh.flatMap(({ run, known }) => changesOf(contract, [run], (key) => !known.has(key)));
}

function namesOf(contract: Contract): ReadonlyMap<string, Operation> {
  return new Map(contract.operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));
}

/** What shares a schema with what was changed before has nothing left to change. */
function covered(change: Decided, operations: readonly LearntOperation[]): Decided {
  if (change.outcome !== 'by-hand' || change.mismatch === undefined) return change;
  const remains = operations.some(
    ({ operation, causes }) => operation === change.operation && causes.some(({ cause }) => cause === change.mismatch),
  );
  return remains ? change : { ...change, outcome: 'made' };
}

function replayed(before: Contract, after: Contract, runs: readonly OperationRun[]): LearntOperation[] {
  const replay = new Replay(after);
  const byName = namesOf(after);
  const byId = new Map(before.operations.map((operation) => [operation.operationId, operation]));
  return runs.map((run) => {
    const operation = byName.get(run.name);
    const causes = new Map<string, { readonly changes: boolean; readonly counter: Counter }>();
    let [passes, changed, refused] = [0, 0, 0];
    for (const record of run.records) {
      const found = causesOf(replay, record, operation, byId);
      if (record.status > 0 && record.status < 400) {
        if (found.some(({ changes }) => !changes)) refused += record.times;
        else if (found.length > 0) changed += record.times;
        else passes += record.times;
      }
      for (const { cause, changes } of found) {
        const entry = causes.get(cause) ?? { changes, counter: new Counter() };
        entry.counter.add(record.times, callerName(record.caller));
        causes.set(cause, entry);
      }
    }
    return {
      operation: run.name,
      documented: run.operation !== undefined,
      seen: run.all.seen,
      accepted: run.accepted.seen,
      passes,
      changed,
      refused,
      causes: [...causes]
        .map(([cause, { changes, counter }]) => ({ cause, changes, ...counter.seen }))
        .sort((a, b) => b.times - a.times),
    };
  });
}

/** Reasons that a mismatch says more exactly. */
const explained: ReadonlySet<string> = new Set(['validate', 'release', 'route']);
/** What a mismatch does not say. */
const unexplained = new Set([
  'bad-json',
  'item',
  'response-over-limit',
  'content-encoding',
  'shows-internals',
  'too-complex',
  'reset-with-body',
  'retired',
]);

/** Whether some mismatch says why: of a body that was not looked into none does. */
function isExplained({ mismatches, request, answer }: ExchangeRecord, stage: string): boolean {
  if (stage === 'release')
    return answer?.unread === undefined || mismatches.some(({ in: where }) => where === 'answer');
  if (stage === 'validate')
    return request?.unread === undefined || mismatches.some(({ in: where }) => where !== 'answer');
  return true;
}

function causesOf(
  replay: Replay,
  record: ExchangeRecord,
  operation: Operation | undefined,
  before: ReadonlyMap<string, Operation>,
): { readonly cause: string; readonly changes: boolean }[] {
  const found = [...replay.remaining(record, operation), ...replay.masked(record, operation)].map((mismatch) => ({
    cause: causeOf(mismatch),
    changes: mismatch.changed,
  }));
  const was = record.operation === undefined ? undefined : before.get(record.operation);
  for (const { stage, type, reason } of record.refusals) {
    const isPath = stage === 'route' && type !== 'not-found' && type !== 'method-not-allowed';
    if (explained.has(stage) && !isPath && !unexplained.has(reason ?? '') && isExplained(record, stage)) continue;
    if (stage === 'receive' && reason === 'undocumented-body') continue;
    if (stage === 'authenticate' && was === undefined) continue;
    found.push({
      cause: [stage, type, reason].filter((one) => one !== undefined && one !== type).join(' '),
      changes: stage === 'release' && record.status >= 400,
    });
  }
  return found;
}
