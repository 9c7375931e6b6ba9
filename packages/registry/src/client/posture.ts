import type { PostureEntry } from '@castellan/gateway/configuration';
import { approveTransition, type ApprovalRequest } from '../lifecycle/approve.ts';
import {
  listConsumers,
  nameConsumer,
  principalHash,
  type Consumer,
  type ConsumerOptions,
  type ConsumerName,
} from '../lifecycle/consumers.ts';
import { lookAt, type LifecycleView } from '../lifecycle/look.ts';
import { makeTransition, type TransitionRequest } from '../lifecycle/transition.ts';
import type { LifecycleRole } from '../lifecycle/states.ts';
import type { Problem } from '../lifecycle/judge.ts';
import { knownApi } from '../inventory/known-api.ts';
import { attest, type Attestation } from '../posture/attest.ts';
import { importEvidence, type ImportedEvidence } from '../posture/import-evidence.ts';
import { readOverview, refreshScores, type PostureLine } from '../posture/overview.ts';
import { readAllPosture, readPosture } from '../posture/posture.ts';
import { postureReport, said, type PostureReport, type SaidViolation } from '../posture/report.ts';
import { stepsOf, type PlacedStep } from '../posture/steps.ts';
import type { Store } from '../store/open.ts';

/** The posture of all APIs: `overview` of `schemas/posture-output.json`. */
export interface PostureOverview {
  readonly apis: readonly PostureLine[];
  /** Id after which the next page begins. */
  readonly next: string | null;
  readonly policies: readonly { readonly name: string; readonly apis: number }[];
  readonly violations: readonly SaidViolation[];
  readonly notices: readonly string[];
}

/** Who asks; a registry over HTTP knows it by the key. */
export interface Who {
  readonly actor: string;
  readonly roles: readonly LifecycleRole[];
}

/** What was decided, or why not. */
interface Decided {
  readonly allowed: boolean;
  readonly problems: readonly Problem[];
  readonly view: LifecycleView;
}

/** Posture and life cycle of an inventory, whether its store is open here or a registry has it. */
export interface PostureCommands {
  /** @param entry policies; a registry has its own */
  overview(options: {
    readonly after?: string | undefined;
    readonly limit: number;
    readonly entry?: PostureEntry | undefined;
  }): Promise<PostureOverview>;
  report(api: string, entry?: PostureEntry): Promise<PostureReport>;
  steps(options: {
    readonly api?: string | undefined;
    readonly environment?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly steps: readonly PlacedStep[]; readonly all: number }>;
  attest(attestation: Attestation): Promise<{ readonly api: string; readonly control: string; readonly until: string }>;
  importEvidence(file: string, cwd: string): Promise<ImportedEvidence>;
  look(api: string, operation: string | undefined, who: Who): Promise<LifecycleView>;
  change(request: Omit<TransitionRequest, keyof Who>, who: Who): Promise<Decided>;
  approve(request: Omit<ApprovalRequest, keyof Who>, who: Who): Promise<void>;
  consumers(options: ConsumerOptions): Promise<readonly Consumer[]>;
  name(
    who: { readonly principal: string } | { readonly issuer: string; readonly subject: string },
    as: ConsumerName,
  ): Promise<string>;
}

/** Those of a store that is open here. */
export function localPosture(store: Store): PostureCommands {
  return {
    async overview({ after, limit, entry }) {
      const { judgement } = await refreshScores(store, entry);
      const { lines, next } = await readOverview(store, { after, limit });
      const { violations, notices, about } = judgement;
      return {
        apis: lines,
        next: next ?? null,
        policies: [...about].map(([name, apis]) => ({ name, apis })),
        violations: violations.map(said),
        notices,
      };
    },
    report: (api, entry) => postureReport(store, api, { entry }),
    async steps({ api, environment, limit }) {
      if (api !== undefined) await knownApi(store, api);
      const postures = api === undefined ? await readAllPosture(store) : await readPosture(store, [api]);
      const steps = stepsOf(postures, environment, store.clock());
      return { steps: steps.slice(0, limit), all: steps.length };
    },
    attest: (attestation) => attest(store, attestation),
    importEvidence: (file, cwd) => importEvidence(store, file, cwd),
    look: (api, operation, who) => lookAt(store, { api, operation, ...who }),
    async change(request, who) {
      const outcome = await makeTransition(store, { ...request, ...who });
      const view = await lookAt(store, { api: request.api, operation: request.operation, ...who });
      return { allowed: outcome.allowed, problems: outcome.allowed ? [] : outcome.problems, view };
    },
    approve: (request, who) => approveTransition(store, { ...request, ...who }),
    async consumers(options) {
      if (options.api !== undefined) await knownApi(store, options.api);
      return listConsumers(store, options);
    },
    async name(who, as) {
      const principal = 'principal' in who ? who.principal : await principalHash(store, who.issuer, who.subject);
      await nameConsumer(store, principal, as);
      return principal;
    },
  };
}
