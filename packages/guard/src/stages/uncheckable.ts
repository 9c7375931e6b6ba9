import { compileResourceAccess, type MediaType } from '@castellan/contract';
import { mayTouch } from '../authorize/rules.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Released } from './release.ts';

const pass: Released = { action: 'pass' };

/**
 * A body that is no JSON cannot be searched: where its schema has properties that only some may read, it leaves only to those
 * who may read all of them.
 */
export function uncheckable(core: GuardCore, { schema, itemSchema }: MediaType): (exchange: Exchange) => Released {
  const rules = [schema, itemSchema].flatMap((one) =>
    one === undefined ? [] : (compileResourceAccess(core.contract, one, 'response', { resources: false })?.rules ?? []),
  );
  return (exchange) => {
    const hidden = rules.find((rule) => !mayTouch(core, exchange, rule, () => undefined));
    return hidden === undefined
      ? pass
      : {
          action: 'withhold',
          refusal: {
            type: 'response-withheld',
            status: core.settings.withheldStatus,
            reason: 'cannot-be-checked',
            log: `the caller may not read ${hidden.name || 'all of it'}, and the body is no JSON`,
          },
        };
  };
}
