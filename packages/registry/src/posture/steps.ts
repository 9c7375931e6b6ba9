import { effortHours, nextSteps, type PostureStep } from './next.ts';
import { worstOf, type ApiPosture } from './posture.ts';

/** A step, and where it is to be taken. */
export interface PlacedStep extends PostureStep {
  readonly api: string;
  readonly environment: string;
}

/**
 * What to do next for several APIs: what was got past first, then what gives most for its effort.
 * @param environment of which; otherwise the one that each API is judged by
 */
export function stepsOf(postures: readonly ApiPosture[], environment: string | undefined, now: number): PlacedStep[] {
  const steps = postures.flatMap((posture) => {
    const { api, contract, environments, state } = posture;
    // Nothing is to be done for what has ended.
    if (contract === undefined || state === 'retired') return [];
    const worst = worstOf(posture);
    return environments
      .filter((one) => (environment === undefined ? one === worst : one.environment === environment))
      .flatMap(({ environment: where, cells, guards }) =>
        nextSteps({ api, environment: where, digest: contract.digest, cells, guards, now }).map((step) => ({
          ...step,
          api,
          environment: where,
        })),
      );
  });
  const first = ({ id }: PostureStep): number => (id.startsWith('close-') ? 0 : 1);
  return steps.sort(
    (a, b) => first(a) - first(b) || b.points / effortHours[b.effort] - a.points / effortHours[a.effort],
  );
}
