import type { ResponseAction } from '../detector.ts';
import type { Detection } from '../incidents/incident.ts';

/** Where bans are said: a guard has it. */
export interface Bans {
  ban(ban: Whom & { readonly reason: string; readonly for: number }): Promise<unknown>;
  lift(whom: Whom, reason?: string): Promise<void>;
}

interface Whom {
  readonly address?: string;
  readonly principal?: string;
  readonly credential?: string;
  readonly issuer?: string;
}

export interface ResponderOptions {
  readonly bans: Bans;
  /** What is done at detections, by id of the detector. Of those that are not named nothing is done. */
  readonly respond: Readonly<Record<string, ResponseAction>>;
  /** Seconds after which what was done ends by itself. Default 3,600. */
  readonly respondFor?: number | undefined;
  /** How many are banned at the same time at most: what would be the next is only told. Default 100. */
  readonly most?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly onFailure: (error: unknown) => void;
  /** Is told of everything that is done, before it is. */
  readonly onDone?: ((done: Done) => void) | undefined;
}

/** What was done because of an incident. */
export interface Done {
  readonly incident: string;
  readonly action: Exclude<ResponseAction, 'observe'>;
  readonly whom: Whom;
  /** Milliseconds since the epoch: when it ends by itself. */
  readonly until: number;
}

/** Seconds that `limit` bars somebody, at each detection anew: who goes on gets through about once in that time. */
const limitSeconds = 60;

/**
 * Acts on detections, where that was asked for: `ban` bars the principal (of nobody, the address), `step-up` bars the credential,
 * so that its owner has to sign in anew, `limit` bars the principal for a minute at each detection. All of it ends by itself, and is
 * taken back when the incident is dismissed. An address from which others got in is never barred.
 */
export class Responder {
  readonly #options: ResponderOptions;
  readonly #done = new Map<string, Done>();
  /** Keys of what others did. */
  readonly #learned = new Set<string>();

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** What is in force. */
  get done(): readonly Done[] {
    this.#forget();
    return [...this.#done.values()];
  }

  /** Acts on a detection; resolves when it is in force. */
  async act(detection: Detection, incident: string): Promise<void> {
    const { respond, respondFor = 3600, most = 100, clock, bans, onFailure, onDone } = this.#options;
    const action = Object.hasOwn(respond, detection.detector) ? (respond[detection.detector] ?? 'observe') : 'observe';
    if (action === 'observe') return;
    const whom = whomOf(detection, action);
    if (whom === undefined) return;
    const key = JSON.stringify(whom);
    this.#forget();
    const seconds = action === 'limit' ? Math.min(limitSeconds, respondFor) : respondFor;
    const until = clock() + seconds * 1000;
    const before = this.#done.get(key);
    // What holds for most of the time is not said again with each exchange.
    if (before !== undefined && before.until - clock() > seconds * 500) return;
    if (before === undefined && this.#done.size >= most) return;
    const done: Done = { incident, action, whom, until };
    this.#done.set(key, done);
    this.#learned.delete(key);
    onDone?.(done);
    const reason = `${action} by detection: ${detection.detector}, incident ${incident}`.slice(0, 500);
    await bans.ban({ ...whom, reason, for: seconds }).catch(onFailure);
  }

  /** Takes what was done by another instance, or before a restart. */
  learn(done: Done): void {
    const key = JSON.stringify(done.whom);
    const before = this.#done.get(key);
    if (done.until <= this.#options.clock() || (before !== undefined && before.until >= done.until)) return;
    this.#done.set(key, done);
    this.#learned.add(key);
  }

  /**
   * Takes back everything that is known to have been done because of an incident.
   * @param by `another` where it was dismissed elsewhere: what others did is taken back there
   */
  async undo(incident: string, by: 'here' | 'another' = 'here'): Promise<void> {
    for (const [key, { incident: of, whom }] of this.#done) {
      if (of !== incident) continue;
      this.#done.delete(key);
      if (this.#learned.delete(key) && by === 'another') continue;
      await this.#options.bans.lift(whom, `incident ${incident} was dismissed`).catch(this.#options.onFailure);
    }
  }

  #forget(): void {
    const now = this.#options.clock();
    for (const [key, { until }] of this.#done)
      if (until <= now) {
        this.#done.delete(key);
        this.#learned.delete(key);
      }
  }
}

/** Whom the action is about; undefined where it would hit others as well. */
function whomOf({ principal, credential, address, shared }: Detection, action: ResponseAction): Whom | undefined {
  if (action === 'step-up')
    return credential === undefined || principal === undefined
      ? undefined
      : { credential, ...(principal.issuer === '' ? {} : { issuer: principal.issuer }) };
  if (principal !== undefined)
    return { principal: principal.subject, ...(principal.issuer === '' ? {} : { issuer: principal.issuer }) };
  return shared || address === '' ? undefined : { address };
}
