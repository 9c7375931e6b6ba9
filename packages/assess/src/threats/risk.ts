import type { Exposure } from '../architecture/index.ts';
import type { Profile } from '@castellan/contract';
import type { DataClass } from '@castellan/meaning';
import type { ControlState } from './evidence/state.ts';
import type { AnyThreat, Harm, Subject } from './definition.ts';
import type { ApiSubject } from './system/model.ts';

/** How bad a risk is. */
export const levels = ['critical', 'high', 'medium', 'low'] as const;
export type Level = (typeof levels)[number];

/** One number of a risk with what made it. */
interface Factor {
  /** 1 to 5. */
  readonly value: number;
  /** What it was made of, in order: `public +4`. */
  readonly reasons: readonly string[];
}

export interface Risk {
  readonly likelihood: Factor;
  readonly impact: Factor;
  /** likelihood × impact, 1 to 25, one decimal. */
  readonly score: number;
  readonly level: Level;
}

/** What people said that changes how bad things are. */
export interface RiskContext {
  readonly profile: Profile;
  /** Class of data to how bad its loss is (1 to 5), as people answered. */
  readonly classImpact: Readonly<Partial<Record<DataClass, number>>>;
  /** People or machines may come to harm through this API, as people answered. */
  readonly safety: boolean;
  /** Ids of flows whose network others use as well, as people answered. */
  readonly sharedNetworks: ReadonlySet<string>;
}

const exposureValue: Readonly<Record<Exposure, number>> = { public: 4, unknown: 4, internal: 2.5, loopback: 1 };
const profileLikelihood: Readonly<Record<Profile, number>> = { toy: -1, internal: -0.5, standard: 0, bank: 1 };
const profileImpact: Readonly<Record<Profile, number>> = { toy: -2, internal: -1, standard: 0, bank: 1 };
const classValue: Readonly<Record<DataClass, number>> = {
  contact: 3,
  personal: 3.5,
  financial: 4,
  special: 5,
  secret: 5,
};
/** Share of the likelihood that a control takes away. */
export const effect: Readonly<Record<ControlState, number>> = {
  broken: 0,
  missing: 0,
  declared: 0.3,
  enforced: 0.7,
  proven: 1,
};

/**
 * Risk of a threat at a subject: likelihood × impact.
 *
 * Likelihood: where it can be reached from, what a caller must have, how easy it is, who is drawn to it, and what its
 * controls take away. Impact: the data, money or safety behind it. Both are bounded to 1…5 and keep their reasons.
 * @param states of the controls that it needs under the profile
 */
export function riskOf(
  threat: AnyThreat,
  subject: Subject,
  states: readonly ControlState[],
  context: RiskContext,
): Risk {
  const likelihood = likelihoodOf(threat, subject, states, context);
  const impact = impactOf(threat, subject, context);
  const score = Math.round(likelihood.value * impact.value * 10) / 10;
  return { likelihood, impact, score, level: levelOf(score) };
}

/** 18 and more are critical, 12 high, 6 medium. */
function levelOf(score: number): Level {
  if (score >= 18) return 'critical';
  if (score >= 12) return 'high';
  return score >= 6 ? 'medium' : 'low';
}

function likelihoodOf(
  threat: AnyThreat,
  subject: Subject,
  states: readonly ControlState[],
  context: RiskContext,
): Factor {
  const sum = new Sum();
  const exposure = exposureOf(subject, context);
  sum.add(`${exposure === 'unknown' ? 'taken as public' : exposure}`, exposureValue[exposure]);
  if (subject.kind === 'operation') {
    const { strength } = subject.authentication;
    sum.add(
      ['no credential needed', 'a weak credential needed', 'a credential needed', 'a strong credential needed'][
        strength
      ] ?? '',
      [0.5, 0, -1, -1.5][strength] ?? 0,
    );
  }
  if (threat.ease !== 0) sum.add(threat.ease === 1 ? 'easy' : 'takes skill or luck', threat.ease * 0.5);
  if (profileLikelihood[context.profile] !== 0)
    sum.add(`profile ${context.profile}`, profileLikelihood[context.profile]);
  if (states.includes('broken')) return { value: 5, reasons: [...sum.reasons, 'an attack succeeded: 5'] };
  if (states.length > 0) {
    const covered = states.reduce((total, state) => total + effect[state], 0) / states.length;
    if (covered > 0) sum.add(`${Math.round(covered * 100)} % of its controls' effect is evident`, -3.5 * covered);
  }
  return sum.factor();
}

function impactOf(
  { harm, reach }: { readonly harm: Harm; readonly reach?: 'api' | undefined },
  subject: Subject,
  context: RiskContext,
): Factor {
  const sum = new Sum();
  const whole = reach === 'api' && subject.kind === 'operation';
  const { data, money, safety, changes } = touches(whole ? subject.api : subject);
  const worst = data.reduce<{ name: string; value: number }>(
    (found, one) => {
      const value = context.classImpact[one] ?? classValue[one];
      return value > found.value ? { name: `${one} data`, value } : found;
    },
    { name: 'no sensitive data', value: 2 },
  );
  if (safety || context.safety) sum.add('people or machines may come to harm', 5);
  else if (harm === 'availability') sum.add(money ? 'money stops moving' : 'others wait', money ? 3 : 2.5);
  else if (harm === 'accountability') sum.add('nobody can show who did it', data.length > 0 ? 3 : 2);
  else if (harm === 'privacy') sum.add(worst.name, Math.max(worst.value - 0.5, 2));
  else if (money && worst.value < 4) sum.add('money moves', 4);
  else if (harm === 'integrity' && changes && worst.value < 3) sum.add('it changes something', 3);
  else sum.add(worst.name, worst.value);
  if (money && sum.total >= 4 && harm === 'integrity') sum.add('money moves', 0.5);
  if (profileImpact[context.profile] !== 0) sum.add(`profile ${context.profile}`, profileImpact[context.profile]);
  return sum.factor();
}

interface Touched {
  readonly data: readonly DataClass[];
  readonly money: boolean;
  readonly safety: boolean;
  readonly changes: boolean;
}

function touches(subject: Subject): Touched {
  switch (subject.kind) {
    case 'operation':
      return {
        data: [...subject.data.gives, ...subject.data.takes],
        money: subject.purpose.money,
        safety: subject.purpose.safety,
        changes: subject.changes,
      };
    case 'api':
      return ofApi(subject);
    case 'flow':
      return { data: subject.flow.data, money: false, safety: false, changes: false };
    default: {
      const behind = subject.system.apis.filter((api) =>
        reaches(subject.element.id, api.elementId, subject.system.flows),
      );
      const all = behind.map(ofApi);
      return {
        data: [...subject.element.data, ...all.flatMap(({ data }) => data)],
        money: all.some(({ money }) => money),
        safety: all.some(({ safety }) => safety),
        changes: true,
      };
    }
  }
}

function reaches(
  id: string,
  apiElement: string,
  flows: readonly { readonly from: string; readonly to: string }[],
): boolean {
  return id === apiElement || flows.some(({ from, to }) => from === id && to === apiElement);
}

function ofApi(api: ApiSubject): Touched {
  return {
    data: api.data.classes.map(({ data }) => data),
    money: api.operations.some(({ purpose }) => purpose.money),
    safety: api.operations.some(({ purpose }) => purpose.safety),
    changes: api.operations.some(({ changes }) => changes),
  };
}

function exposureOf(subject: Subject, { sharedNetworks }: RiskContext): Exposure {
  switch (subject.kind) {
    case 'operation':
      return subject.api.exposure;
    case 'api':
      return subject.exposure;
    case 'flow':
      return subject.from.boundary === 'internet' ||
        subject.to.boundary === 'third-party' ||
        sharedNetworks.has(subject.flow.id)
        ? 'public'
        : 'internal';
    default:
      return subject.element.exposure;
  }
}

class Sum {
  total = 0;
  readonly reasons: string[] = [];

  add(reason: string, value: number): void {
    this.reasons.push(
      this.reasons.length === 0
        ? `${reason} ${value}`
        : `${reason} ${value < 0 ? '−' : '+'}${Math.abs(Math.round(value * 10) / 10)}`,
    );
    this.total += value;
  }

  factor(): Factor {
    return { value: Math.round(Math.min(Math.max(this.total, 1), 5) * 10) / 10, reasons: this.reasons };
  }
}
