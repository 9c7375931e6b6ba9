import type { Contract } from '@castellan/contract';
import type { Try } from './attack.ts';
import { attacks } from './attacks/index.ts';
import { Documented } from './documented.ts';
import { explore } from './explore.ts';
import type { Identity } from './identity.ts';
import { isSuccess } from './judge.ts';
import { Known } from './known.ts';
import type { Scene } from './scene.ts';
import { Target, type TargetOptions } from './target.ts';

/** How an API is scanned. */
export interface ScanOptions extends Omit<TargetOptions, 'now' | 'wait'> {
  /** As whom it is called: accounts made for tests, which share no objects. */
  readonly identities: readonly Identity[];
  /** Whether methods that change something may be sent, and whether those that delete. Default false. */
  readonly changes?: boolean | undefined;
  readonly deletes?: boolean | undefined;
  /** Types whose objects everybody may read. */
  readonly shared?: readonly string[] | undefined;
  /** Calls in a row to meet a rate limit. Default 0: none. */
  readonly burst?: number | undefined;
  /** Names of the attacks that run. Default all. */
  readonly only?: readonly string[] | undefined;
  /** Is told what runs. */
  readonly progress?: ((what: string, sent: number) => void) | undefined;
  /** Monotonic milliseconds, and a wait of so many. */
  readonly now?: (() => number) | undefined;
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** What a scan did and saw. */
export interface Scan {
  readonly tries: readonly Try[];
  /** Requests sent. */
  readonly sent: number;
  /** Whether it ended because no more requests were allowed, or it was stopped. */
  readonly cut: boolean;
  /** The call since which the API answered nothing any more: it may have ended there. */
  readonly silentSince: string | undefined;
  /** operationIds that no honest call was answered for, which nothing can be said of. */
  readonly unreached: readonly string[];
  /** Honest calls that were answered with success, by identity. */
  readonly answered: ReadonlyMap<string, number>;
}

/**
 * Calls a running API as its users would, and then as they must not: each attack is made of a call that was answered, and what it shows
 * is held against that.
 *
 * @param contract what the API says of itself
 * @returns what every attack came to; nothing of what was answered
 */
export async function scan(contract: Contract, options: ScanOptions): Promise<Scan> {
  const target = new Target({
    ...options,
    now: options.now ?? (() => performance.now()),
    wait: options.wait ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))),
  });
  const known = new Known(contract);
  const scene: Scene = {
    contract,
    target,
    identities: options.identities,
    known,
    documented: new Documented(contract),
    changes: options.changes === true,
    deletes: options.deletes === true,
    shared: new Set(options.shared),
    burst: options.burst ?? 0,
  };
  options.progress?.('honest calls', 0);
  await explore(scene);
  const tries: Try[] = [];
  for (const attack of attacks) {
    if (options.only !== undefined && !options.only.includes(attack.name)) continue;
    options.progress?.(attack.name, target.sent);
    for await (const one of attack.run(scene)) tries.push(one);
  }
  const answered = new Map<string, number>();
  const reached = new Set<string>();
  for (const { call, status } of known.answered) {
    if (!isSuccess({ status })) continue;
    reached.add(call.operation.operationId);
    answered.set(call.as ?? '', (answered.get(call.as ?? '') ?? 0) + 1);
  }
  const unreached = contract.operations.map(({ operationId }) => operationId).filter((id) => !reached.has(id));
  return { tries, sent: target.sent, cut: target.isSpent, silentSince: target.silentSince, unreached, answered };
}
