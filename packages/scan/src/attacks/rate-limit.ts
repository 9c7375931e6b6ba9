import type { Attack } from '../attack.ts';
import { isSafe } from '../explore.ts';
import { opened } from './answers.ts';

/** API4:2023: one call is made again and again, as often as was asked for (option `burst`). */
export const rateLimit: Attack = {
  name: 'rate-limit',
  control: 'rate-limit',
  fix: 'limit calls by principal and address (x-castellan.rateLimit)',
  title: 'the same call, as often as --burst says',
  async *run(scene) {
    if (scene.burst === 0) return;
    const first = opened(scene).find(({ call }) => isSafe(call.operation));
    if (first === undefined) return;
    const { call } = first;
    let sent = 0;
    let limited = false;
    for (; sent < scene.burst && !limited && !scene.target.isSpent; sent++)
      limited = (await scene.target.send(call.outgoing, call.operation))?.status === 429;
    yield {
      control: 'rate-limit',
      attack: 'rate-limit',
      operation: call.operation,
      verdict: limited ? 'held' : sent < scene.burst ? 'unclear' : 'broken',
      detail: limited ? `429 after ${sent} calls` : `${sent} calls in a row, and none was limited`,
      call,
    };
  },
};
