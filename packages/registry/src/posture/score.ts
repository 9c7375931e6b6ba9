import { controls, controlStates, effect, type ControlId, type ControlState } from '@castellan/assess/controls';
import type { EvidenceCell } from './evidence.ts';

/** A score, and where each point that is missing went. */
export interface Score {
  /** 0 to 100, in hundredths. 100: every control that the profile asks for is proven. */
  readonly value: number;
  /** Most first; the points of all of them and the score are 100. */
  readonly lost: readonly LostPoints[];
  /** How many cells are in each state, of those that the profile asks for. */
  readonly states: Readonly<Record<ControlState, number>>;
}

/** What one control takes from the score. */
export interface LostPoints {
  readonly control: ControlId;
  readonly points: number;
  readonly cells: readonly LostCell[];
}

interface LostCell {
  readonly operation: string;
  readonly state: ControlState;
  readonly points: number;
  readonly why: string;
}

/** A control that was got past weighs so much more than one that is not there: somebody knows how. */
const broken = 5;

/** What of a cell's points is had: as much as its control takes from the likelihood of an attack. */
export function creditOf(control: ControlId, state: ControlState): number {
  // What no guard can enforce is done once it is written; only a proof is better.
  return effect[state === 'declared' && !controls[control].guarded ? 'enforced' : state];
}

/**
 * The posture score of one API in one environment. Each control that the profile asks for, at each operation, weighs as much as the worst
 * risk that it stands against; 30 % of it is had once it is declared, 70 % once it is enforced, all of it once it is proven.
 */
export function scoreOf(cells: readonly EvidenceCell[]): Score {
  const asked = cells.filter((cell) => cell.asked);
  const counted = Map.groupBy(asked, ({ state }) => state);
  const states = Object.fromEntries(
    controlStates.map((state) => [state, counted.get(state)?.length ?? 0]),
  ) as Score['states'];
  const weight = ({ risk, state }: EvidenceCell): number => risk * (state === 'broken' ? broken : 1);
  const whole = asked.reduce((sum, cell) => sum + weight(cell), 0);
  if (whole === 0) return { value: 100, lost: [], states };
  const exact = asked.map((cell) => (10_000 * weight(cell) * (1 - creditOf(cell.control, cell.state))) / whole);
  const points = rounded(exact);
  const lost = new Map<ControlId, { points: number; cells: LostCell[] }>();
  for (const [index, { control, operation, state, why }] of asked.entries()) {
    const share = points[index] ?? 0;
    if (state === 'proven' || (share === 0 && exact[index] === 0)) continue;
    const entry = lost.get(control) ?? { points: 0, cells: [] };
    entry.points += share;
    entry.cells.push({ operation, state, points: share, why });
    lost.set(control, entry);
  }
  const total = points.reduce((sum, one) => sum + one, 0);
  return {
    value: (10_000 - total) / 100,
    lost: [...lost]
      .map(([control, entry]) => ({
        control,
        points: entry.points / 100,
        cells: entry.cells
          .map((cell) => ({ ...cell, points: cell.points / 100 }))
          .sort((a, b) => b.points - a.points || (a.operation < b.operation ? -1 : 1)),
      }))
      .sort((a, b) => b.points - a.points || (a.control < b.control ? -1 : 1)),
    states,
  };
}

/** Whole hundredths whose sum is that of the exact ones, rounded: what is over goes where most was cut off. */
function rounded(exact: readonly number[]): number[] {
  const cut = exact.map(Math.floor);
  const total = Math.round(exact.reduce((sum, one) => sum + one, 0));
  let left = total - cut.reduce((sum, one) => sum + one, 0);
  const byRest = exact
    .map((one, index) => ({ index, rest: one - Math.floor(one) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRest) {
    if (left <= 0) break;
    cut[index] = (cut[index] ?? 0) + 1;
    left -= 1;
  }
  return cut;
}
