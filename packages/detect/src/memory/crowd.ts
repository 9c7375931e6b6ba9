import { join } from '../sketch/hash.ts';
import { callerMeasures, operationMeasures, sourceMeasures } from './measures.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import { others } from './shares.ts';

const c = callerMeasures.at;
const s = sourceMeasures.at;
const o = operationMeasures.at;

const busy = [c.objectsShort, c.objectsLong, c.strangersLong, c.recordsLong, c.missesLong];

/** Callers that are among the busiest of their kind: one is chance, many of one network, program or operation are not. */
export function countCrowd(memory: Memory, moment: Moment): void {
  const { caller, time, operation } = moment;
  if (!memory.settled.ready) return;
  const isBusy = busy.some((measure) => memory.callers.isHigh(caller, measure));
  if (!isBusy) return;
  const recent = join(operation.index, Math.floor(time / 1200));
  if (moment.known && memory.once.add(join(moment.callerLow, recent), moment.callerHigh ^ 0x8f, time))
    memory.busyShare.count(operation.index, true, time);
  const bucket = Math.floor(time / (3 * 3600));
  // On a busy day many are busy that are here on other days, too.
  const weight = others(memory.busyShare.share(operation.index, time)) * (moment.known ? 0.4 : 1);
  if (!memory.once.add(join(moment.callerLow, join(operation.index, bucket)), moment.callerHigh ^ 0x1f, time)) return;
  memory.operations.add(moment.door, o.crowd, weight);
  if (!memory.once.add(join(moment.callerLow, bucket), moment.callerHigh ^ 0x2f, time)) return;
  memory.sources.add(moment.network, s.crowd, weight);
  if (moment.agent >= 0) memory.sources.add(moment.agent, s.crowd, weight);
}
